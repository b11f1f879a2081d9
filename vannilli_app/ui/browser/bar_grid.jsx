/**
 * The bar grid: bars in rows of eight, each of beats. One element for everything that means musical time.
 *
 * - picker: chooses a length by pointer, arrow keys (Shift: half a bar), Page Up and Down, Home, End
 * - progress: `done` bars are full, the next one pulses on the beat
 * - ruler and count-in: `done` may be a fraction and moves by beats
 * - badge: a small drawing beside "8 bars · 140"
 */
import { useRef } from "react";
import { MAX_BARS, MIN_BARS } from "./music.js";
import { drawnBeats, useBeat } from "./tempo.js";
import { _ } from "./words.js";

/**
 * @param {object} props
 * @param {"picker"|"progress"|"ruler"|"count-in"|"badge"} props.mode
 * @param {number|string} props.bars  how long it is; halves are allowed
 * @param {number} [props.done]       how many bars are behind us, for progress, ruler and count-in
 * @param {string} [props.timeSignature]
 * @param {string} [props.beatUnit]
 * @param {number} [props.across]     bars in a row
 * @param {string} [props.label]      what a screen reader calls it
 * @param {string} [props.valueText]  how a screen reader says the value
 * @param {(bars: string) => void} [props.onChange]
 */
export function BarGrid({ mode = "badge", bars = 8, done = 0, timeSignature = "4/4", beatUnit = "quarter", across, label, valueText, onChange }) {
  const root = useRef(null);
  const length = Number(bars) || 0;
  const picking = mode === "picker";
  const shown = picking ? MAX_BARS : Math.ceil(length);
  const { count, last } = drawnBeats(timeSignature, beatUnit);

  useBeat((beat) => light(root.current, beat, length, count), picking);

  const cells = [];
  for (let bar = 0; bar < shown; bar++) {
    const half = length > bar && length < bar + 1;
    const beats = [];
    for (let beat = 0; beat < count; beat++) {
      const at = bar + beat / count;
      beats.push(
        <i
          key={beat}
          data-on={at < length - 1e-9 ? "" : undefined}
          data-done={!picking && at < done - 1e-9 ? "" : undefined}
          data-cut={last < 1 && beat === count - 1 ? "" : undefined}
        />,
      );
    }
    const current = mode === "progress" && done < length && bar === Math.floor(done);
    cells.push(<span className="bar" key={bar} data-half={half ? "" : undefined} data-current={current ? "" : undefined}>{beats}</span>);
  }
  const row = across ?? (mode === "count-in" ? 1 : mode === "ruler" ? Math.min(shown, 16) : Math.min(Math.max(shown, 1), 8));
  const common = { ref: root, className: "bar-grid", "data-mode": mode, style: { "--across": row } };

  if (!picking) {
    const said = mode === "badge" ? { "aria-hidden": true } : { role: "progressbar", "aria-label": label ?? _("Bars"), "aria-valuemin": 0, "aria-valuemax": length, "aria-valuenow": Math.round(done * 10) / 10, "aria-valuetext": valueText };
    return <div {...common} {...said}>{cells}</div>;
  }

  const choose = (value) => onChange?.(String(Math.min(MAX_BARS, Math.max(MIN_BARS, value))));
  const onKeyDown = (event) => {
    const step = event.shiftKey ? 0.5 : 1;
    const moves = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: 4, PageDown: -4, Home: -MAX_BARS, End: MAX_BARS };
    if (!(event.key in moves)) return;
    event.preventDefault();
    choose(length + moves[event.key]);
  };
  const pointed = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const rows = Math.ceil(MAX_BARS / row);
    const along = Math.min(0.999, Math.max(0, (event.clientX - box.left) / box.width));
    const down = Math.min(rows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * rows)));
    choose(down * row + Math.floor(along * row) + 1);
  };
  return (
    <div
      {...common}
      role="slider"
      tabIndex={0}
      aria-label={label ?? _("Bars")}
      aria-valuemin={MIN_BARS}
      aria-valuemax={MAX_BARS}
      aria-valuenow={length}
      aria-valuetext={valueText}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); pointed(event); }}
      onPointerMove={(event) => event.buttons && pointed(event)}
    >
      {cells}
    </div>
  );
}

/** Lights the beat that sounds now, straight in the page: twice a second is too often for a render. */
function light(root, beat, bars, beatsInBar) {
  if (!root) return;
  root.querySelector("[data-now]")?.removeAttribute("data-now");
  const total = Math.max(1, Math.round(bars * beatsInBar));
  const at = ((beat % total) + total) % total;
  root.children[Math.floor(at / beatsInBar)]?.children[at % beatsInBar]?.setAttribute("data-now", "");
}
