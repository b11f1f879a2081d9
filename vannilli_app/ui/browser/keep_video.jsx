/** Save and share a finished video. */
import { useState } from "react";
import { _ } from "./words.js";

/** @param {{url: string, name: string}} props a link that downloads it, and its file name */
export function KeepVideo({ url, name }) {
  const [state, setState] = useState("idle");
  const canShare = typeof navigator !== "undefined" && Boolean(navigator.canShare);

  async function share() {
    setState("fetching");
    try {
      const blob = await (await fetch(url)).blob();
      const files = [new File([blob], name, { type: "video/mp4" })];
      if (!navigator.canShare({ files })) throw new DOMException("no files", "NotAllowedError");
      await navigator.share({ files });
      setState("idle");
    } catch (error) {
      setState(error.name === "AbortError" ? "idle" : "refused");
    }
  }
  return (
    <div className="stack-tight">
      <div className="row">
        <a className="button button-main" href={url} download={name}>{_("Save the video")}</a>
        {canShare && <button type="button" className={`button button-plain${state === "fetching" ? " busy" : ""}`} onClick={share} disabled={state === "fetching"}>{_("Share")}</button>}
      </div>
      <div aria-live="polite">{state === "refused" && <p className="small quiet">{_("This browser would not share it. Save it, then share the file.")}</p>}</div>
    </div>
  );
}
