import { ask } from "./ask.js";
import { forgetDrafts } from "./local_files.js";
import { _, at, language } from "./words.js";

/** Our JSON API, with the session's cookie. Errors are problem documents (RFC 9457) and arrive as `Problem`. */

/** What went wrong, in a sentence for the person; `fields` maps a field's name to its sentence. */
export class Problem extends Error {
  constructor({ detail, code = "unknown", status = 0, errors = [], ...extra }) {
    super(detail);
    this.code = code;
    this.status = status;
    this.extra = extra;
    this.fields = Object.fromEntries(errors.map(({ field, message }) => [field, message]));
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body] sent as JSON
 * @param {{signal?: AbortSignal, headers?: Record<string, string>}} [options]
 * @returns {Promise<any>} the JSON of the answer, null where there is none
 * @throws {Problem}
 */
export async function api(method, path, body, { signal, headers } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: "same-origin",
      headers: { accept: "application/json", "accept-language": language(), ...(body ? { "content-type": "application/json" } : {}), ...headers },
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ detail: _("You seem to be offline. Check the connection and try again."), code: "offline" });
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && answer?.code === "not_signed_in") signInAgain();
  if (answer?.code === "confirmation_required" && (await confirmed())) return api(method, path, body, { signal, headers });
  throw new Problem({ ...answer, status: response.status, detail: answer?.detail ?? _("Something went wrong on our side. Try again in a moment.") });
}

/** Asks for the password, or a code where the second step is on. @returns {Promise<boolean>} whether it was right */
async function confirmed() {
  const { totp } = await api("GET", "/api/account");
  return ask({
    title: _("Is it you?"),
    sentence: _("This is only for you, so confirm it first. It holds for ten minutes."),
    yes: _("Go on"),
    field: totp
      ? { label: _("Code from your app, or a recovery code"), type: "text", autocomplete: "one-time-code" }
      : { label: _("Your password"), type: "password", autocomplete: "current-password" },
    attempt: (value) => api("POST", "/api/auth/confirm", totp ? { totp: value } : { password: value }),
  });
}

/** To the sign-in page, and back here afterwards. */
export function signInAgain() {
  forgetDrafts();
  location.assign(`${at("/signin")}?${new URLSearchParams({ next: location.pathname + location.search })}`);
}

/** The page that `?next=` asks for when it is one of ours, else `otherwise`. */
export function nextPage(otherwise) {
  const asked = new URLSearchParams(location.search).get("next") ?? "";
  try {
    const url = new URL(asked, location.origin);
    return asked.startsWith("/") && url.origin === location.origin ? url.pathname + url.search : otherwise;
  } catch {
    return otherwise;
  }
}
