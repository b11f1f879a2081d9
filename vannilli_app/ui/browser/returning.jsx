/** Signs somebody in again whose browser still has a good refresh token, and leads on to where they wanted. */
import { useEffect } from "react";
import { nextPage } from "./api.js";
import { comeBack } from "./session.js";

/** @param {{returning: boolean, next: string}} props */
export function Returning({ returning, next }) {
  useEffect(() => {
    if (returning) comeBack().then(() => location.replace(nextPage(next)), () => {}); // else the form is there
  }, [returning, next]);
  return null;
}
