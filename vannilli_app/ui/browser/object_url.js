import { useEffect, useState } from "react";

/** A link to a file in this page, let go when it is no longer shown. @param {Blob | undefined} file */
export function useObjectUrl(file) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!file) return setUrl("");
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
