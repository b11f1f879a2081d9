/** Tables beside the section: prices, notes, tempos that last exactly so long, and what fits where. */
import { useState } from "react";
import { STANDARD } from "./address.js";
import { LIMITS, barsWithin, noteLengths, temposFor } from "./lengths.js";
import * as music from "./music.js";
import { NumberField } from "./number_field.jsx";
import { setTempo, useTempo } from "./tempo.js";
import { N_, _, money, number } from "./words.js";
import { Said } from "./words.jsx";

export const NO_SUCH = N_("There is no section like that: 1 to 32 bars at 60 to 200 BPM.");

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
      <caption className="for-screen-readers">{_("What this section costs")}</caption>
      <thead><tr><th scope="col">{_("Plan")}</th><th scope="col">{_("Credits")}</th><th scope="col">{_("Price")}</th></tr></thead>
      <tbody>
        {plans.map((tier) => (
          <tr key={tier}><th scope="row">{_(music.PLANS[tier].name)}</th><td>{part.billed}</td><td>{money(part.billed * music.PLANS[tier].rate)}</td></tr>
        ))}
      </tbody>
    </table>
  );
}

export function NoteTable() {
  const { tempo } = useSection();
  const cell = (seconds) => {
    const ms = number(music.written(music.times(seconds, music.whole(1000)), 2));
    return <td>{ms} <span className="quiet">{number(music.written(music.over(music.whole(1), seconds), 3))} Hz</span></td>;
  };
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={_("Note lengths")}>
      <table className="table figures">
        <caption className="for-screen-readers">{_("How long each note lasts at {bpm} BPM, in milliseconds, and its frequency", { bpm: number(tempo.bpm) })}</caption>
        <thead><tr><th scope="col">{_("Note")}</th><th scope="col">ms</th><th scope="col">{_("Dotted")}</th><th scope="col">{_("Triplet")}</th></tr></thead>
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
      <NumberField label={_("It has to last")} unit={_("seconds")} value={typed} wrong={seconds?.n && !closest ? _(NO_SUCH) : ""} onType={setTyped} />
      {closest && (
        <p aria-live="polite">
          <Said
            of={closest.exact ? _("Nearest to {bpm}: {tempo}, {bars}, exactly.") : _("Nearest to {bpm}: {tempo}, {bars}, {seconds} s.")}
            bpm={number(tempo.bpm)}
            tempo={<b className="figures">{number(closest.bpm)} BPM</b>}
            bars={music.countedBars(closest.bars)}
            seconds={number(music.written(closest.seconds, 6))}
          />
        </p>
      )}
      <ul className="choices">
        {found.map((one) => (
          <li key={one.bars}>
            <button type="button" className="choice" aria-pressed={one.bpm === tempo.bpm && one.bars === tempo.bars} onClick={() => setTempo({ bpm: one.bpm, bars: one.bars })}>
              {number(one.bpm)} <span className="choice-more">{music.countedBars(one.bars)}</span>
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
            <h3>{_(limit.name)}</h3>
            <p className="quiet small">{limit.least ? _("{least} to {most} s", limit) : _("up to {most} s; longer is cut on your bar lines and joined", limit)}</p>
            <p><b>{state === "fits" ? _("This fits") : state === "long" ? _("{seconds} s too long", { seconds: written(seconds - limit.most) }) : _("{seconds} s too short", { seconds: written(limit.least - seconds) })}</b></p>
            {fitting ? (
              <button type="button" className="button button-plain button-small" onClick={() => setTempo({ bars: String(fitting[1]) })}>
                {fitting[0] === fitting[1] || !limit.least
                  ? _("Up to {bars} at {bpm}", { bars: music.countedBars(fitting[1]), bpm: number(tempo.bpm) })
                  : _("{fewest} to {most} bars at {bpm}", { fewest: number(fitting[0]), most: number(fitting[1]), bpm: number(tempo.bpm) })}
              </button>
            ) : <p className="small">{_("No bar of this tempo fits.")}</p>}
          </li>
        );
      })}
    </ul>
  );
}

const written = (seconds) => number(Math.round(seconds * 1000) / 1000);
