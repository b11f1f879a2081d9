/** The section as seconds, beats, frames and samples: type any of them and the others follow. */
import { useState } from "react";
import { FRAME_RATES, SAMPLE_RATES, barsFor, barsForBeats, countOf, formula, tempoFor } from "./lengths.js";
import * as music from "./music.js";
import { NumberField } from "./number_field.jsx";
import { setTempo } from "./tempo.js";
import { NO_SUCH, useSection } from "./tempo_tables.jsx";

export function LengthFields() {
  const { tempo, part } = useSection();
  const [keep, setKeep] = useState("bpm");
  const [said, setSaid] = useState({});

  /** Take up a length, in seconds, under the name of the field that it was typed into. */
  function take(name, seconds) {
    if (!seconds?.n) return setSaid({});
    if (keep === "bars") {
      const found = tempoFor(tempo, seconds);
      setSaid({ [name]: !found ? NO_SUCH : found.exact ? "" : `${found.bpm} BPM comes nearest: ${music.written(found.seconds, 6)} s.` });
      if (found) setTempo({ bpm: found.bpm });
      return undefined;
    }
    const bars = barsFor(tempo, seconds);
    setSaid({ [name]: bars ? nearest(tempo, bars, seconds) : NO_SUCH });
    if (bars) setTempo({ bars });
    return undefined;
  }

  function takeBeats(text) {
    const bars = barsForBeats(tempo, music.decimal(text));
    setSaid({ beats: bars || !text ? "" : NO_SUCH });
    if (bars) setTempo({ bars });
  }

  const told = (name) => (said[name] === NO_SUCH ? { wrong: NO_SUCH } : { note: said[name] });
  const counted = (text, rate) => { const count = music.decimal(text); return count && music.over(count, rate); };
  return (
    <div className="stack">
      <div className="row" role="group" aria-label="What stays when you type a length">
        <span className="label">Type a length and keep the</span>
        <div className="choices">
          {[["bpm", "tempo"], ["bars", "bars"]].map(([value, name]) => (
            <button key={value} type="button" className="choice" aria-pressed={keep === value} onClick={() => { setKeep(value); setSaid({}); }}>{name}</button>
          ))}
        </div>
      </div>
      <div className="number-grid">
        <NumberField label="Seconds" value={music.written(part.seconds)} {...told("seconds")} onType={(text) => take("seconds", music.decimal(text))} />
        <NumberField label="Beats" value={music.written(part.beats)} {...told("beats")} onType={takeBeats} />
        {FRAME_RATES.map(({ name, rate }) => (
          <NumberField key={name} label="Frames" unit={`at ${name}`} value={String(countOf(part, rate))} {...told(name)} onType={(text) => take(name, counted(text, rate))} />
        ))}
        {SAMPLE_RATES.map(({ name, rate }) => (
          <NumberField key={name} label="Samples" unit={`at ${name} kHz`} value={String(countOf(part, rate))} {...told(name)} onType={(text) => take(name, counted(text, rate))} />
        ))}
      </div>
      <Formula tempo={tempo} />
    </div>
  );
}

function nearest(tempo, bars, seconds) {
  const { seconds: lasts } = music.section({ ...tempo, bars });
  const same = lasts.n * seconds.d === seconds.n * lasts.d;
  return same ? "" : `${music.countedBars(bars)} come nearest: ${music.written(lasts)} s.`;
}

const COUNTED = { quarter: "quarters", dotted_quarter: "dotted quarters", denominator: "of the signature's notes" };

function Formula({ tempo }) {
  const { bars, beats, bpm, exact, seconds } = formula(tempo);
  return (
    <p className="formula figures">
      <span>{bars} bars × {beats} {COUNTED[tempo.beatUnit]} × 60 ÷ {bpm} BPM = {exact} s{exact === seconds ? "" : ` ≈ ${seconds} s`}.</span>{" "}
      <span className="quiet">Frames and samples are rounded once, from the whole length, so bar lines never drift.</span>
    </p>
  );
}
