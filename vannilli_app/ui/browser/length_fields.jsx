/** The section as seconds, beats, frames and samples: type any of them and the others follow. */
import { useState } from "react";
import { FRAME_RATES, SAMPLE_RATES, barsFor, barsForBeats, countOf, formula, tempoFor } from "./lengths.js";
import * as music from "./music.js";
import { NumberField } from "./number_field.jsx";
import { setTempo } from "./tempo.js";
import { NO_SUCH, useSection } from "./tempo_tables.jsx";
import { N_, _, number } from "./words.js";

export function LengthFields() {
  const { tempo, part } = useSection();
  const [keep, setKeep] = useState("bpm");
  const [said, setSaid] = useState({});

  /** Take up a length, in seconds, under the name of the field that it was typed into. */
  function take(name, seconds) {
    if (!seconds?.n) return setSaid({});
    if (keep === "bars") {
      const found = tempoFor(tempo, seconds);
      setSaid({ [name]: !found ? NO_SUCH : found.exact ? "" : _("{bpm} BPM comes nearest: {seconds} s.", { bpm: number(found.bpm), seconds: number(music.written(found.seconds, 6)) }) });
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

  const told = (name) => (said[name] === NO_SUCH ? { wrong: _(NO_SUCH) } : { note: said[name] });
  const counted = (text, rate) => { const count = music.decimal(text); return count && music.over(count, rate); };
  return (
    <div className="stack">
      <div className="row" role="group" aria-label={_("What stays when you type a length")}>
        <span className="label">{_("Type a length and keep the")}</span>
        <div className="choices">
          {[["bpm", _("tempo")], ["bars", _("bars")]].map(([value, name]) => (
            <button key={value} type="button" className="choice" aria-pressed={keep === value} onClick={() => { setKeep(value); setSaid({}); }}>{name}</button>
          ))}
        </div>
      </div>
      <div className="number-grid">
        <NumberField label={_("Seconds")} value={number(music.written(part.seconds))} {...told("seconds")} onType={(text) => take("seconds", music.decimal(text))} />
        <NumberField label={_("Beats")} value={number(music.written(part.beats))} {...told("beats")} onType={takeBeats} />
        {FRAME_RATES.map(({ name, rate }) => (
          <NumberField key={name} label={_("Frames")} unit={_("at {rate}", { rate: number(name) })} value={String(countOf(part, rate))} {...told(name)} onType={(text) => take(name, counted(text, rate))} />
        ))}
        {SAMPLE_RATES.map(({ name, rate }) => (
          <NumberField key={name} label={_("Samples")} unit={_("at {rate} kHz", { rate: number(name) })} value={String(countOf(part, rate))} {...told(name)} onType={(text) => take(name, counted(text, rate))} />
        ))}
      </div>
      <Formula tempo={tempo} />
    </div>
  );
}

function nearest(tempo, bars, seconds) {
  const { seconds: lasts } = music.section({ ...tempo, bars });
  const same = lasts.n * seconds.d === seconds.n * lasts.d;
  return same ? "" : _("{bars} come nearest: {seconds} s.", { bars: music.countedBars(bars), seconds: number(music.written(lasts)) });
}

const COUNTED = { quarter: N_("quarters"), dotted_quarter: N_("dotted quarters"), denominator: N_("of the signature's notes") };

function Formula({ tempo }) {
  const { bars, beats, bpm, exact, seconds } = formula(tempo);
  return (
    <p className="formula figures">
      <span>
        {_("{bars} × {beats} {notes} × 60 ÷ {bpm} BPM = {seconds} s.", {
          bars: _("{n} bars", { n: number(bars) }),
          beats: number(beats),
          notes: _(COUNTED[tempo.beatUnit]),
          bpm: number(bpm),
          seconds: exact === seconds ? exact : `${exact} s ≈ ${number(seconds)}`,
        })}
      </span>{" "}
      <span className="quiet">{_("Frames and samples are rounded once, from the whole length, so bar lines never drift.")}</span>
    </p>
  );
}
