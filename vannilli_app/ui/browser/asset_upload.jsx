/** A place for one file: chosen, dropped or taken, checked here, sent with progress, looked at by the server. */
import { useEffect, useId, useRef, useState } from "react";
import { Checklist } from "./checklist.jsx";
import { attach, saved, useDraft } from "./draft.js";
import { performing, shown } from "./faces.js";
import { useObjectUrl } from "./object_url.js";
import { sharedTrack } from "./shared_track.js";
import { contentType, forgetUpload, interrupted, megabytes, objection, upload } from "./upload.js";
import { _ } from "./words.js";

/** @typedef {import("./upload.js").Limit} Limit */

/**
 * @param {object} props
 * @param {"audio"|"target_image"} props.kind
 * @param {Limit} props.limit
 * @param {string} props.label   what to bring
 * @param {string} [props.hint]
 * @param {(assetId: string, kind: string) => void} [props.onUploaded]
 */
export function AssetUpload({ kind, limit, label, hint, onUploaded }) {
  const draft = useDraft();
  const id = useId();
  const [step, setStep] = useState({ at: "idle" });
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => { if (kind === "audio") sharedTrack().then(take); }, []);
  useEffect(() => { if (draft.id && !running.current) interrupted(draft.id, kind).then((left) => !running.current && take(left)); }, [draft.id]);

  const there = draft.project[kind === "audio" ? "has_audio" : "has_image"];
  const file = step.file ?? draft.files[kind];

  async function take(chosen) {
    if (!chosen) return;
    const wrong = objection(chosen, limit);
    if (wrong) {
      setStep({ at: "failed", sentence: wrong });
      return;
    }
    running.current?.abort();
    const abort = (running.current = new AbortController());
    setStep({ at: "sending", file: chosen, done: 0 });
    try {
      const project = await saved();
      const { assetId, findings, checks, faces } = await upload({
        project, kind, file: chosen, signal: abort.signal,
        onProgress: (done) => setStep({ at: done < 1 ? "sending" : "checking", file: chosen, done }),
        onWaiting: (waiting) => setStep((before) => ({ ...before, waiting })),
      });
      forgetUpload(project, kind);
      const errors = findings.filter((finding) => finding.severity === "error" && finding.code !== "too_short");
      if (errors.length) {
        setStep({ at: "failed", sentence: errors[0].detail });
        return;
      }
      attach(kind, chosen, faces);
      setStep({ at: "idle", checks });
      onUploaded?.(assetId, kind);
    } catch (problem) {
      if (running.current !== abort) return;
      setStep(problem.name === "AbortError" ? { at: "idle" } : { at: "failed", sentence: problem.message, file: chosen, again: true });
    }
  }

  const busy = step.at === "sending" || step.at === "checking";
  const dropping = {
    onDragOver: (event) => { event.preventDefault(); setOver(true); },
    onDragLeave: () => setOver(false),
    onDrop: (event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files[0]); },
  };
  return (
    <div className="upload" data-kind={kind} data-over={over ? "" : undefined} {...dropping}>
      <input ref={input} hidden type="file" accept={limit.types.join(",")} onChange={(event) => { take(event.target.files[0]); event.target.value = ""; }} />
      {kind === "target_image" && <Picture file={file} project={draft.project} />}
      <div className="upload-words">
        {busy ? (
          <Sending step={step} onCancel={() => { running.current.abort(); forgetUpload(draft.id, kind); }} />
        ) : (
          <>
            <p className="upload-name">{file ? file.name : there ? _("Your {kind} is here", { kind: limit.name }) : label}</p>
            <p className="quiet small">{file ? `${megabytes(file.size)} · ${contentType(file).split("/")[1].toUpperCase()}` : hint}</p>
            <div className="row">
              <button type="button" className={`button button-small ${there ? "button-bare" : "button-plain"}`} aria-describedby={`${id}said`} onClick={() => input.current.click()}>
                {there ? _("Choose another") : _("Choose your {kind}", { kind: limit.name })}
              </button>
              {step.again && <button type="button" className="button button-small button-main" onClick={() => take(step.file)}>{_("Try again")}</button>}
            </div>
          </>
        )}
      </div>
      <div id={`${id}said`} className="upload-said" aria-live="polite">
        {step.sentence && <p className="message message-error">{step.sentence}</p>}
        {step.checks && <Checklist checks={step.checks} />}
      </div>
    </div>
  );
}

function Sending({ step, onCancel }) {
  const percent = Math.round(step.done * 100);
  return (
    <>
      <p className="upload-name">{step.file.name}</p>
      <p className="quiet small figures" role="status">{told(step, percent)}</p>
      <div className="meter" role="progressbar" aria-label={_("Upload")} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}><span style={{ "--done": step.done }} /></div>
      <button type="button" className="button button-small button-bare" onClick={onCancel}>{_("Cancel")}</button>
    </>
  );
}

function told(step, percent) {
  if (step.waiting) return _("Waiting for the network. It goes on by itself.");
  return step.at === "checking" ? _("Having a look at it") : _("{percent} % of {size}", { percent, size: megabytes(step.file.size) });
}

/** The picture as the video will crop it: about the face that performs. */
function Picture({ file, project: { aspect, faces = [], face } }) {
  const url = useObjectUrl(file);
  const [size, setSize] = useState([0, 0]);
  const measured = ({ target }) => setSize([target.naturalWidth, target.naturalHeight]);
  const objectPosition = size[0] ? shown(performing(faces, face), ...size, aspect) : undefined;
  return <div className="upload-picture" style={{ aspectRatio: aspect.replace(":", " / ") }}>{url && <img src={url} alt={_("Your picture as the video crops it")} style={{ objectPosition }} onLoad={measured} />}</div>;
}
