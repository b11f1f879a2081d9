/** What becomes of a take: sent to the store, and the making of the video begun. */
import { useEffect, useRef, useState } from "react";
import { api } from "./api.js";
import { fingerprint } from "./device.js";
import { forgetUpload, upload } from "./upload.js";
import { _ } from "./words.js";

/**
 * @param {object} props
 * @param {import("./recorder.jsx").Performed} props.project
 * @param {import("./local_files.js").Take} props.take
 */
export function SendTake({ project, take, form, next, onStarted, onAgain, onDelete }) {
  const [attested, setAttested] = useState(false);
  const [step, setStep] = useState({ at: "idle" });
  const running = useRef(null);
  const said = useRef(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => { if (step.sentence) said.current.scrollIntoView({ block: "nearest" }); }, [step]);

  async function send() {
    if (!attested) return setStep({ at: "failed", sentence: _("Confirm first that you have the rights to this track and picture.") });
    if (!project.hasImage) return setStep({ at: "failed", sentence: _("There is no picture yet of who performs."), toForm: true });
    const abort = (running.current = new AbortController());
    setStep({ at: "sending", done: 0 });
    try {
      if (sent?.take !== take.id) {
        const { assetId, findings } = await upload({
          project: project.id, kind: "driver_video", file: take.blob, offset: take.name ? undefined : take.offset, signal: abort.signal,
          onProgress: (done) => setStep({ at: "sending", done }),
        });
        const wrong = findings.find((finding) => finding.severity === "error");
        if (wrong) return setStep({ at: "failed", sentence: wrong.detail });
        sent = { take: take.id, key: assetId };
      }
      setStep({ at: "starting" });
      const { generation_id } = await api("POST", "/api/start-generation", { project_id: project.id, rights_attested: true, provider: "local", device_fingerprint: await fingerprint() }, { headers: { "idempotency-key": sent.key } });
      onStarted?.(generation_id);
      location.assign(`${next}?generation=${generation_id}`);
    } catch (problem) {
      if (problem.name === "AbortError") return setStep({ at: "idle" });
      const toForm = ["asset_missing", "asset_invalid"].includes(problem.code);
      setStep({ at: "failed", sentence: problem.extra?.findings?.[0]?.detail ?? problem.message, toForm });
    }
    return undefined;
  }

  const busy = step.at === "sending" || step.at === "starting";
  return (
    <div className="stack">
      {busy ? (
        <div className="stack-tight" role="status">
          <p className="label figures">{step.at === "starting" ? _("Looking at your take") : _("Sending your take, {percent} %", { percent: Math.round(step.done * 100) })}</p>
          <div className="meter"><span style={{ "--done": step.at === "starting" ? 1 : step.done }} /></div>
          {step.at === "sending" && <button type="button" className="button button-bare button-small" onClick={() => running.current.abort()}>{_("Cancel")}</button>}
        </div>
      ) : (
        <>
          <label className="check">
            <input type="checkbox" checked={attested} onChange={(event) => setAttested(event.target.checked)} />
            <span>{_("I have the rights to this track and this picture.")}</span>
          </label>
          <button type="button" className="button button-main button-wide" onClick={send}>{_("Make the draft, free")}</button>
          <div className="row">
            <button type="button" className="button button-plain button-small" onClick={onAgain}>{_("Another take")}</button>
            <button type="button" className="button button-bare button-small" onClick={onDelete}>{_("Delete this one")}</button>
          </div>
        </>
      )}
      <div ref={said} aria-live="assertive">
        {step.sentence && <p className="message message-error"><span>{step.sentence} {step.toForm && <a href={`${form}?project=${project.id}`}>{_("Back to the form")}</a>}</span></p>}
      </div>
    </div>
  );
}
