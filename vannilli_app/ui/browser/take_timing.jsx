/** Whether a take is in time, how that was found, and the slider that shows its picture a little earlier or later. */
import { useId } from "react";
import { _ } from "./words.js";

const MOST = 250; // milliseconds, as the server takes them
const STEP = 5;

/**
 * @param {object} props
 * @param {{heard?: import("./local_files.js").Heard, nudge?: number}} props.take
 * @param {() => void} props.onCheck  have the track heard in it
 * @param {(nudge: number) => void} props.onNudge
 */
export function TakeTiming({ take, onCheck, onNudge }) {
  const id = useId();
  const { heard, nudge = 0 } = take;
  const to = (value) => onNudge(Math.min(MOST, Math.max(-MOST, value)));
  return (
    <div className="timing">
      <div className="row-apart">
        <p className="timing-said figures" data-method={heard?.method} role="status">{inSync(heard)}</p>
        {!heard && <button type="button" className="button button-plain button-small" onClick={onCheck}>{_("Check the timing")}</button>}
      </div>
      <p className="quiet small">{how(heard)}</p>
      <label htmlFor={id} className="timing-label figures"><span>{_("Nudge the picture")}</span><span>{nudged(nudge)}</span></label>
      <div className="timing-row">
        <button type="button" className="choice" aria-label={_("Picture earlier")} disabled={nudge <= -MOST} onClick={() => to(nudge - STEP)}>−</button>
        <input id={id} className="slider" type="range" min={-MOST} max={MOST} step={STEP} value={nudge} aria-valuetext={nudged(nudge)} style={{ "--filled": `${((nudge + MOST) / (2 * MOST)) * 100}%` }} onChange={(event) => to(Number(event.target.value))} />
        <button type="button" className="choice" aria-label={_("Picture later")} disabled={nudge >= MOST} onClick={() => to(nudge + STEP)}>+</button>
      </div>
    </div>
  );
}

function inSync(heard) {
  if (!heard) return _("In time by the recorder's clock");
  const margin = { margin: heard.margin_ms };
  return heard.method === "bleed" ? _("In sync, ±{margin} ms", margin) : _("By the recorder's clock, ±{margin} ms", margin);
}

function how(heard) {
  if (!heard) return _("Sends the take and listens for the track in it. Nothing is made yet.");
  if (heard.method === "bleed") return _("Your microphone heard the track: that is where it lies.");
  return _("Your microphone did not hear the track: headphones? Play it, and nudge until the lips sit.");
}

function nudged(nudge) {
  if (!nudge) return _("as found");
  return nudge > 0 ? _("{ms} ms later", { ms: nudge }) : _("{ms} ms earlier", { ms: -nudge });
}
