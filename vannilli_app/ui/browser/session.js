/**
 * The session of this browser. Its tokens are in cookies that no script can read; here they are made anew in time.
 */
import { api } from "./api.js";

const KEY = "vannilli.renewed";
const PENDING = "vannilli.renewal";
const DAY_MS = 24 * 3600 * 1000;

/** New tokens unless there were some within a day. Without a session nothing happens: the page finds out by itself. */
export function renewDaily() {
  if (age() > DAY_MS) alone(async () => age() > DAY_MS && (await renew())).catch(() => {});
}

/** New tokens for a browser whose access token has run out. @throws {Problem} when its session has ended */
export function comeBack() {
  return alone(async () => {
    try {
      await renew();
    } catch (problem) {
      if (problem.code === "invalid_refresh_token") await api("POST", "/api/auth/signout"); // takes the cookies back
      throw problem;
    }
  });
}

/** A page may be left before the answer is there: whoever asks next asks the very same again, by its key. */
async function renew() {
  const key = stored(PENDING) ?? crypto.randomUUID();
  store(PENDING, key);
  await api("POST", "/api/auth/refresh", undefined, { headers: { "idempotency-key": key } });
  store(PENDING, null);
  store(KEY, Date.now());
}

let leaving = false;

/** Whether this page is being left for another: that its session ended, told meanwhile, then leads nowhere else. */
export const isLeaving = () => leaving;
export const setLeaving = (yes) => {
  leaving = yes;
};

const age = () => Date.now() - Number(stored(KEY));

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // without storage it is only done more often
  }
}

function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {}
}

/** One tab at a time: each refresh token is good once, and the second use of one ends the session. */
const alone = (work) => (navigator.locks ? navigator.locks.request("vannilli-renew", work) : work());
