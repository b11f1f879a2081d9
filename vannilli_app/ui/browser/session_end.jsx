/** Keeps the session of an open page fresh; once it has ended, leads to the sign-in page, and back afterwards. */
import { useEffect } from "react";
import { signInAgain } from "./api.js";
import { isLeaving, renewDaily } from "./session.js";

/** @param {{ended: boolean}} props */
export function SessionEnd({ ended }) {
  useEffect(renewDaily, []);
  useEffect(() => {
    if (ended && !isLeaving()) signInAgain();
  }, [ended]);
  return null;
}
