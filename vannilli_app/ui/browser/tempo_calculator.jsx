/** Tempo, bars and metre with what they come to, alive at the person's tempo. */
import { useEffect, useId, useRef, useState } from "react";
import { withTempo } from "./address.js";
import { BarGrid } from "./bar_grid.jsx";
import * as music from "./music.js";
import { intoRange, tapped, withTap } from "./taps.js";
import { setTempo, strike, useBeat, useTempo } from "./tempo.js";
import { _, ngettext, number } from "./words.js";

/**
 * @param {object} props
 * @param {boolean} [props.result]  say what it comes to, with the way on
 * @param {string} [props.next]     where the way on leads, given the tempo
 * @param {string} [props.action]   what the way on is called
 * @param {string} [props.tier]     whose rate is quoted
 */
export function TempoCalculator({ result = true, next, action, tier }) {
  const tempo = useTempo();
  const wrong = music.refusal(tempo);
  const id = useId();
  return (
    <div className="calculator">
      <div className="tempo-head">
        <TempoPad bpm={tempo.bpm} />
        <Metre tempo={tempo} />
      </div>
      <TempoRow id={id} bpm={tempo.bpm} wrong={wrong?.field === "bpm" ? wrong : null} />
      <Length tempo={tempo} />
      {result && <Result tempo={tempo} wrong={wrong} tier={tier} next={next} action={action} />}
    </div>
  );
}

/**
 * The tempo, huge. Tap it, or T from anywhere, and it is yours.
 * @param {{bpm: string, space?: boolean}} props  `space`: the space bar taps too, where nothing else wants it
 */
export function TempoPad({ bpm, space = false }) {
  const lamp = useRef(null);
  const taps = useRef([]);
  const [heard, setHeard] = useState(null);

  useBeat((_, seconds) => {
    lamp.current?.animate([{ opacity: 1, transform: "scale(1)" }, { opacity: 0.25, transform: "scale(0.7)" }], { duration: seconds * 900, easing: "ease-out" });
  });

  function tap() {
    taps.current = withTap(taps.current, performance.now());
    strike();
    const guess = tapped(taps.current);
    setHeard(guess ?? { taps: 1 });
    if (guess && guess.taps > 2) setTempo({ bpm: String(Math.round(intoRange(guess.bpm))) });
  }

  useEffect(() => {
    const onKey = (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const busy = event.target.closest?.("a, button, summary, [role=slider]");
      const wanted = event.key.toLowerCase() === "t" || (space && event.key === " " && !busy);
      if (!wanted || event.repeat || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      tap();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });

  return (
    <button
      type="button"
      className="tempo-pad"
      aria-label={_("{bpm} BPM. Tap the tempo here, or with the T key.", { bpm: number(bpm) })}
      suppressHydrationWarning
      onPointerDown={(event) => event.button === 0 && tap()}
      onKeyDown={(event) => {
        if (![" ", "Enter"].includes(event.key) || event.repeat) return;
        event.preventDefault();
        tap();
      }}
    >
      <span className="tempo-number" data-answer="bpm" data-long={bpm.length > 3 ? "" : undefined} suppressHydrationWarning>{number(bpm) || "–"}</span>
      <span className="tempo-side">
        <span className="tempo-lamp" ref={lamp} />
        <span>BPM</span>
        <span className="quiet small">{said(heard)}</span>
      </span>
    </button>
  );
}

/** How sure the taps are: within how many BPM, two times out of three. */
function said(heard) {
  if (!heard) return _("tap it");
  if (heard.taps < 4) return _("keep tapping");
  if (heard.plusMinus > 8) return _("uneven");
  return heard.plusMinus < 0.5 ? _("steady") : `± ${Math.ceil(heard.plusMinus)}`;
}

export function TempoRow({ id, bpm, wrong }) {
  const value = Number(bpm.replace(",", ".")) || music.MIN_BPM;
  const share = ((value - music.MIN_BPM) / (music.MAX_BPM - music.MIN_BPM)) * 100;
  const to = (next) => setTempo({ bpm: String(Math.round(Math.min(music.MAX_BPM, Math.max(music.MIN_BPM, next)) * 1000) / 1000) });
  const halfFits = value / 2 >= music.MIN_BPM;
  const doubleFits = value * 2 <= music.MAX_BPM;
  return (
    <>
      <input
        className="slider"
        type="range"
        aria-label={_("Tempo in BPM")}
        min={music.MIN_BPM}
        max={music.MAX_BPM}
        step="1"
        value={Math.round(value)}
        style={{ "--filled": `${share}%` }}
        onChange={(event) => setTempo({ bpm: event.target.value })}
      />
      <div className="tempo-row">
        <button type="button" className="choice" aria-label={_("Half the tempo")} disabled={!halfFits} onClick={() => to(value / 2)}>½</button>
        <button type="button" className="choice" aria-label={_("One BPM slower")} onClick={() => to(value - 1)}>−</button>
        <input
          id={`${id}bpm`}
          className="input"
          inputMode="decimal"
          autoComplete="off"
          aria-label={_("Tempo in BPM, typed")}
          aria-invalid={Boolean(wrong)}
          aria-describedby={wrong ? `${id}wrong` : undefined}
          maxLength={7}
          value={number(bpm)}
          onChange={(event) => setTempo({ bpm: event.target.value.trim() })}
        />
        <button type="button" className="choice" aria-label={_("One BPM faster")} onClick={() => to(value + 1)}>+</button>
        <button type="button" className="choice" aria-label={_("Double the tempo")} disabled={!doubleFits} onClick={() => to(value * 2)}>2×</button>
      </div>
      {wrong && <p className="field-error" id={`${id}wrong`} role="status">{wrong.message}</p>}
    </>
  );
}

export function Length({ tempo }) {
  const bars = Number(tempo.bars) || music.MIN_BARS;
  const part = music.section(tempo);
  return (
    <>
      <div className="calculator-head">
        <span className="label figures">{music.countedBars(tempo.bars)}</span>
        <div className="choices" role="group" aria-label={_("Bars")}>
          {music.BAR_PRESETS.map((preset) => (
            <button key={preset} type="button" className="choice" aria-pressed={bars === preset} onClick={() => setTempo({ bars: String(preset) })}>{preset}</button>
          ))}
          <button type="button" className="choice" aria-label={_("Half a bar more")} aria-pressed={bars % 1 !== 0} disabled={bars >= music.MAX_BARS} onClick={() => setTempo({ bars: String(bars % 1 ? bars - 0.5 : bars + 0.5) })}>+½</button>
        </div>
      </div>
      <BarGrid
        mode="picker"
        bars={tempo.bars}
        timeSignature={tempo.timeSignature}
        beatUnit={tempo.beatUnit}
        valueText={part ? `${music.countedBars(tempo.bars)}, ${ngettext("{n} second", "{n} seconds", Number(music.written(part.seconds)))}` : undefined}
        onChange={(next) => setTempo({ bars: next })}
      />
    </>
  );
}

const COMPOUND = ["6/8", "9/8", "12/8"];

export function Metre({ tempo }) {
  const units = COMPOUND.includes(tempo.timeSignature)
    ? ["quarter", "dotted_quarter", "denominator"]
    : tempo.timeSignature.endsWith("/4") ? ["quarter"] : ["quarter", "denominator"];
  const named = { quarter: _("quarters"), dotted_quarter: _("dotted"), denominator: tempo.timeSignature.endsWith("/2") ? _("halves") : _("eighths") };
  return (
    <div className="calculator-metre">
      <select
        className="input"
        aria-label={_("Time signature")}
        value={tempo.timeSignature}
        onChange={(event) => setTempo({ timeSignature: event.target.value, beatUnit: "quarter" })}
      >
        {music.SIGNATURES.map((signature) => <option key={signature}>{signature}</option>)}
      </select>
      {units.length > 1 && (
        <select className="input" aria-label={_("Which note the BPM counts")} value={tempo.beatUnit} onChange={(event) => setTempo({ beatUnit: event.target.value })}>
          {units.map((unit) => <option key={unit} value={unit}>{named[unit]}</option>)}
        </select>
      )}
    </div>
  );
}

function Result({ tempo, wrong, tier, next, action }) {
  const part = music.section(tempo);
  return (
    <>
      <output className="result">
        {part ? (
          <>
            {_("{bars} at {bpm} is {seconds} s.", { bars: music.countedBars(tempo.bars), bpm: number(tempo.bpm), seconds: number(music.written(part.seconds)) })}{" "}
            <small>
              <span>
                {_("Billed as {seconds}: {credits} ({price}).", {
                  seconds: ngettext("{n} second", "{n} seconds", part.billed),
                  credits: ngettext("{n} credit", "{n} credits", part.billed),
                  price: music.dollars(part.billed, tier),
                })}
              </span>{" "}
              <span>{_("A draft is free.")}</span>
            </small>
          </>
        ) : (
          <small>{wrong.message}</small>
        )}
      </output>
      {next && <a data-waits className="button button-main" href={part ? withTempo(next, tempo) : next}>{action}</a>}
    </>
  );
}
