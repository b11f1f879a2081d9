/** What becomes of a take: sent to the store, put in time, and the making of the video begun. */
import { useEffect, useRef, useState } from "react";
import { api } from "./api.js";
import { Checklist } from "./checklist.jsx";
import { fingerprint } from "./device.js";
import { TakeTiming } from "./take_timing.jsx";
import { upload } from "./upload.js";
import { _ } from "./words.js";

/**
 * @param {object} props
 * @param {import("./recorder.jsx").Performed} props.project
 * @param {import("./local_files.js").Take} props.take
 * @param {string} props.form
 * @param {string} props.next
 * @param {(generationId: string) => void} [props.onStarted]
 * @param {(timing: {heard?: object, nudge?: number}) => void} props.onTiming
 * @param {() => void} props.onAgain
 * @param {() => void} props.onDelete
 */
export function SendTake({ project, take, form, next, onStarted, onTiming, onAgain, onDelete }) {
  const [attested, setAttested] = useState(false);
  const [step, setStep] = useState({ at: "idle" });
  const [checks, setChecks] = useState([]);
  const warned = checks.some(({ standing }) => standing === "warning");
  const running = useRef(null);
  const said = useRef(null);
  const begun = useRef(Date.now()); // a second tap starts nothing twice, another visit may
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => { if (step.sentence) said.current.scrollIntoView({ block: "nearest" }); }, [step]);

  /** Send what has not arrived yet, and then do `work` with the file's id and the checks of what was seen in it. */
  async function deliver(work) {
    const abort = (running.current = new AbortController());
    setStep({ at: "sending", done: 0 });
    try {
      const { assetId, findings, checks: seen } = await upload({
        project: project.id, kind: "driver_video", file: take.blob, take: take.id, offset: take.name ? undefined : take.offset, signal: abort.signal,
        onProgress: (done) => setStep({ at: "sending", done }),
        onWaiting: (waiting) => setStep((before) => ({ ...before, waiting })),
      });
      setChecks(seen);
      const wrong = findings.find((finding) => finding.severity === "error");
      if (wrong) return setStep({ at: "failed", sentence: wrong.detail });
      setStep({ at: "looking" });
      await work(assetId, seen);
    } catch (problem) {
      if (problem.name === "AbortError") return setStep({ at: "idle" });
      const toForm = ["asset_missing", "asset_invalid"].includes(problem.code);
      setStep({ at: "failed", sentence: problem.extra?.findings?.[0]?.detail ?? problem.message, toForm });
    }
    return undefined;
  }

  const check = () => deliver(async (assetId) => {
    onTiming({ heard: await api("POST", `/api/assets/${assetId}/alignment`) });
    setStep({ at: "idle" });
  });

  /** What could be better is shown first; whoever has seen it may overrule it. */
  function make() {
    if (!attested) return setStep({ at: "failed", sentence: _("Confirm first that you have the rights to this track and picture.") });
    if (!project.hasImage) return setStep({ at: "failed", sentence: _("There is no picture yet of who performs."), toForm: true });
    return deliver(async (assetId, seen) => {
      if (!warned && seen.some(({ standing }) => standing === "warning")) {
        return setStep({ at: "idle", sentence: _("Something could be better: see the list. Mend it, or make the draft all the same.") });
      }
      const nudge = take.nudge ?? 0;
      await api("PATCH", `/api/assets/${assetId}`, { nudge_ms: nudge });
      const wanted = { project_id: project.id, rights_attested: true, provider: "local", device_fingerprint: await fingerprint() };
      const { generation_id } = await api("POST", "/api/start-generation", wanted, { headers: { "idempotency-key": `${assetId} ${begun.current} ${nudge}` } });
      onStarted?.(generation_id);
      return location.assign(`${next}?generation=${generation_id}`);
    });
  }

  return (
    <div className="stack">
      {step.at === "sending" || step.at === "looking" ? (
        <Sending step={step} onCancel={() => running.current.abort()} />
      ) : (
        <>
          <TakeTiming take={take} onCheck={check} onNudge={(nudge) => onTiming({ nudge })} />
          {checks.length > 0 && <Checklist checks={checks} />}
          <label className="check">
            <input type="checkbox" checked={attested} onChange={(event) => setAttested(event.target.checked)} />
            <span>{_("I have the rights to this track and this picture.")}</span>
          </label>
          <button type="button" className="button button-main button-wide" onClick={make}>{warned ? _("Make the draft all the same, free") : _("Make the draft, free")}</button>
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

function Sending({ step, onCancel }) {
  const looking = step.at === "looking";
  const percent = Math.round((step.done ?? 1) * 100);
  return (
    <div className="stack-tight">
      <p className="label figures" role="status">{told(step, percent)}</p>
      <div className="meter" role="progressbar" aria-label={_("Upload")} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}><span style={{ "--done": percent / 100 }} /></div>
      {!looking && <button type="button" className="button button-bare button-small" onClick={onCancel}>{_("Cancel")}</button>}
    </div>
  );
}

function told(step, percent) {
  if (step.waiting) return _("Waiting for the network. It goes on by itself.");
  return step.at === "looking" ? _("Looking at your take") : _("Sending your take, {percent} %", { percent });
}
