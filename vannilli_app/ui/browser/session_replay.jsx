/** Records a visit for Sentry, where the operator has switched that on and the person has not switched it off. */
import { useEffect } from "react";

/** @param {{dsn: string, share: number, release: string}} props `dsn` is "" where nothing is recorded */
export function SessionReplay({ dsn, share, release }) {
  useEffect(() => {
    if (!dsn || navigator.globalPrivacyControl) return;
    if (location.hash.length > 1) return; // a mailed link: what stands behind # lets one in
    import("./replay.js").then(({ record }) => record({ dsn, share, release }));
  }, [dsn, share, release]);
  return null;
}
