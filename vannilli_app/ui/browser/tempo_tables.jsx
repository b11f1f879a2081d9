/** Tables beside the section: prices, notes, tempos that last exactly so long, and what fits where. */
import { useState } from "react";
import { STANDARD } from "./address.js";
import { LIMITS, barsWithin, noteLengths, temposFor } from "./lengths.js";
import * as music from "./music.js";
import { NumberField } from "./number_field.jsx";
import { setTempo, useTempo } from "./tempo.js";

export const NO_SUCH = "There is no section like that: 1 to 32 bars at 60 to 200 BPM.";

/** The tempo, or the standard one while what is typed is none: tables never disappear under one's hand. */
export function useSection() {
  const typed = useTempo();
  const tempo = music.refusal(typed) ? STANDARD : typed;
  return { tempo, part: music.section(tempo) };
}

/** What it costs on every plan. @param {{plans: string[]}} props tiers, cheapest rate last */
export function TierPrices({ plans }) {
  const { part } = useSection();
  return (
    <table className="table figures">
      <caption className="for-screen-readers">What this section costs</caption>
      <thead><tr><th scope="col">Plan</th><th scope="col">Credits</th><th scope="col">Price</th></tr></thead>
      <tbody>
        {plans.map((tier) => (
          <tr key={tier}><th scope="row">{music.PLANS[tier].name}</th><td>{part.billed}</td><td>{music.money(part.billed * music.PLANS[tier].rate)}</td></tr>
        ))}
      </tbody>
    </table>
  );
}

export function NoteTable() {
  const { tempo } = useSection();
  const cell = (seconds) => {
    const ms = music.written(music.times(seconds, music.whole(1000)), 2);
    return <td>{ms} <span className="quiet">{music.written(music.over(music.whole(1), seconds), 3)} Hz</span></td>;
  };
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Note lengths">
      <table className="table figures">
        <caption className="for-screen-readers">How long each note lasts at {tempo.bpm} BPM, in milliseconds, and its frequency</caption>
        <thead><tr><th scope="col">Note</th><th scope="col">ms</th><th scope="col">Dotted</th><th scope="col">Triplet</th></tr></thead>
        <tbody>
          {noteLengths(tempo).map(({ note, straight, dotted, triplet }) => (
            <tr key={note}><th scope="row">{note}</th>{cell(straight)}{cell(dotted)}{cell(triplet)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which tempo makes so many bars last exactly so long. */
export function ReverseTempo() {
  const { tempo } = useSection();
  const [typed, setTyped] = useState("15");
  const seconds = music.decimal(typed);
  const found = seconds?.n ? temposFor(tempo, seconds) : [];
  const distance = ({ bpm }) => Math.abs(Number(bpm) - Number(tempo.bpm.replace(",", ".")));
  const closest = found.length ? found.reduce((best, one) => (distance(one) < distance(best) ? one : best)) : null;
  return (
    <div className="stack">
      <NumberField label="It has to last" unit="seconds" value={typed} wrong={seconds?.n && !closest ? NO_SUCH : ""} onType={setTyped} />
      {closest && (
        <p aria-live="polite">Nearest to {tempo.bpm}: <b className="figures">{closest.bpm} BPM</b>, {music.countedBars(closest.bars)}{closest.exact ? ", exactly" : `, ${music.written(closest.seconds, 6)} s`}.</p>
      )}
      <ul className="choices">
        {found.map((one) => (
          <li key={one.bars}>
            <button type="button" className="choice" aria-pressed={one.bpm === tempo.bpm && one.bars === tempo.bars} onClick={() => setTempo({ bpm: one.bpm, bars: one.bars })}>
              {one.bpm} <span className="choice-more">{music.countedBars(one.bars)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Which bars fit where. */
export function FitCards() {
  const { tempo, part } = useSection();
  const seconds = music.float(part.seconds);
  return (
    <ul className="fits">
      {LIMITS.map((limit) => {
        const fitting = barsWithin(part.barSeconds, limit);
        const state = seconds > limit.most ? "long" : seconds < limit.least ? "short" : "fits";
        return (
          <li className="fit surface" key={limit.name} data-state={state}>
            <h3>{limit.name}</h3>
            <p className="quiet small">{limit.least ? `${limit.least} to ${limit.most} s` : `up to ${limit.most} s; longer is cut on your bar lines and joined`}</p>
            <p><b>{state === "fits" ? "This fits" : state === "long" ? `${written(seconds - limit.most)} s too long` : `${written(limit.least - seconds)} s too short`}</b></p>
            {fitting ? (
              <button type="button" className="button button-plain button-small" onClick={() => setTempo({ bars: String(fitting[1]) })}>
                {fitting[0] === fitting[1] || !limit.least ? `Up to ${music.countedBars(fitting[1])}` : `${fitting[0]} to ${fitting[1]} bars`} at {tempo.bpm}
              </button>
            ) : <p className="small">No bar of this tempo fits.</p>}
          </li>
        );
      })}
    </ul>
  );
}

const written = (seconds) => String(Math.round(seconds * 1000) / 1000);
