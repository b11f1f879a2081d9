/** The project's picture: small in lists, and breathing while the video is made. */
import { useEffect, useState } from "react";
import { keptFile, ownFile } from "./local_files.js";
import { useObjectUrl } from "./object_url.js";
import { Drawn } from "./stage_clip.jsx";
import { setTempo } from "./tempo.js";

/** @param {typeof keptFile} find */
function usePicture(project, find) {
  const [file, setFile] = useState();
  useEffect(() => {
    let wanted = true;
    if (project) find(project, "target_image").then((found) => wanted && setFile(found));
    return () => { wanted = false; };
  }, [project, find]);
  return useObjectUrl(file);
}

/** A frame of the video, else the picture if this browser holds it: a list asks the store for nothing.
 *  @param {{project: string, still?: string}} props */
export function ProjectPicture({ project, still }) {
  const own = usePicture(still ? "" : project, keptFile);
  const shown = still || own;
  return (
    <span className="project-picture" aria-hidden="true">
      {shown ? <img src={shown} alt="" /> : <svg className="mark" viewBox="0 0 32 26"><path d="M2 3h4v8H2zM8 3h4v14H8zM14 3h4v20h-4zM20 3h4v14h-4zM26 3h4v8h-4z" /></svg>}
    </span>
  );
}

/** @param {{project: string, bpm: number, aspect: string, still?: string}} props `still`: a frame of the video */
export function WaitingPicture({ project, bpm, aspect, still }) {
  useEffect(() => { if (bpm) setTempo({ bpm: String(bpm) }); }, [bpm]);
  const own = usePicture(project, ownFile);
  const shown = still || own;
  return (
    <div className="waiting-picture" style={{ "--aspect": (aspect || "9:16").replace(":", " / ") }} aria-hidden="true">
      {shown ? <img src={shown} alt="" /> : <Drawn />}
    </div>
  );
}
