/** Two faces of a page: `children[0]` without a token behind `#` in the address, `children[1]` with one. */
import { Children, useEffect, useState } from "react";

/** @param {{children: any}} props */
export function WithToken({ children }) {
  const [given, setGiven] = useState(false);
  useEffect(() => setGiven(location.hash.length > 1), []);
  const [without, withOne] = Children.toArray(children);
  return given ? withOne : without;
}
