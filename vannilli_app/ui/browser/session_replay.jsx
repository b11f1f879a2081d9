/** Records a visit for Sentry, where the operator has switched that on and the person has not switched it off. */
import { useEffect } from "react";

/** A link of a mail: what stands behind its # lets one in. */
const isSecret = ({ hash, search }) => /token/i.test(hash + search);

/** @param {{dsn: string, share: number, release: string}} props `dsn` is "" where nothing is recorded */
export function SessionReplay({ dsn, share, release }) {
  useEffect(() => {
    if (!dsn || navigator.globalPrivacyControl || isSecret(location)) return;
    import("./replay.js").then(({ record }) => record({ dsn, share, release }));
  }, [dsn, share, release]);
  return null;
}
