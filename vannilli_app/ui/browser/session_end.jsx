/** Leads to the sign-in page once the session of an open page has ended, and back afterwards. */
import { useEffect } from "react";
import { signInAgain } from "./api.js";

/** @param {{ended: boolean}} props */
export function SessionEnd({ ended }) {
  useEffect(() => {
    if (ended) signInAgain();
  }, [ended]);
  return null;
}
