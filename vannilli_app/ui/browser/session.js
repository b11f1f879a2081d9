/**
 * The session of this browser. Its tokens are in cookies that no script can read; here they are made anew in time.
 */
import { api } from "./api.js";

const KEY = "vannilli.renewed";
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

async function renew() {
  await api("POST", "/api/auth/refresh");
  try {
    localStorage.setItem(KEY, Date.now());
  } catch {} // without storage it is only done more often
}

function age() {
  try {
    return Date.now() - Number(localStorage.getItem(KEY));
  } catch {
    return Infinity;
  }
}

/** One tab at a time: each refresh token is good once, and the second use of one ends the session. */
const alone = (work) => (navigator.locks ? navigator.locks.request("vannilli-renew", work) : work());
