/** The calculator's first screen: the tempo, the bars and, huge, how long that is. The address follows. */
import { useEffect, useRef } from "react";
import { withTempo } from "./address.js";
import { sentence } from "./lengths.js";
import * as music from "./music.js";
import { useBeat, useTempo } from "./tempo.js";
import { Length, Metre, TempoPad, TempoRow } from "./tempo_calculator.jsx";
import { _, number } from "./words.js";

const ADDRESS_PAUSE_MS = 250; // browsers refuse an address that changes too often

/**
 * @param {object} props
 * @param {string} props.here    the page's own path, which carries the tempo
 * @param {string} props.next    where the way on leads, given the tempo
 * @param {string} props.action  what the way on is called
 */
export function CalculatorStage({ here, next, action }) {
  const tempo = useTempo();
  const wrong = music.refusal(tempo);
  const part = music.section(tempo);
  useAddress(here, tempo, part);
  return (
    <div className="calculator calculator-stage">
      <div className="stage-now">
        <Glow />
        <div className="tempo-head">
          <TempoPad bpm={tempo.bpm} space />
          <Metre tempo={tempo} />
        </div>
        <output className="answer" htmlFor="bpm bars">
          <b className="answer-seconds"><span data-answer="seconds" suppressHydrationWarning>{part ? number(music.written(part.seconds)) : "–"}</span> s</b>
          <span className="answer-words" data-answer="sentence" suppressHydrationWarning>{part ? sentence(tempo) : wrong.message}</span>
        </output>
      </div>
      <div className="stage-controls">
        <TempoRow id="calculator" bpm={tempo.bpm} wrong={wrong?.field === "bpm" ? wrong : null} />
        <Length tempo={tempo} />
        <a data-waits className="button button-main" href={part ? withTempo(next, tempo) : next}>{action}</a>
      </div>
    </div>
  );
}

/** Light behind the tempo, on every beat. */
function Glow() {
  const glow = useRef(null);
  useBeat((_, seconds) => {
    glow.current?.animate([{ opacity: 1 }, { opacity: 0.35 }], { duration: seconds * 850, easing: "ease-out" });
  });
  return <span className="glow" ref={glow} />;
}

/** Keeps the address and the title of the page at what is shown, without a step in the history. */
function useAddress(here, tempo, part) {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false; // what the address says is being taken up
      return undefined;
    }
    if (!part) return undefined;
    const timer = setTimeout(() => {
      const rows = new URLSearchParams(location.search).get("row");
      history.replaceState(history.state, "", withTempo(here, tempo) + (rows ? `&row=${rows}` : ""));
      document.title = _("{bars} at {bpm} BPM: {seconds} s · Vannilli", { bars: music.countedBars(tempo.bars), bpm: number(tempo.bpm), seconds: number(music.written(part.seconds)) });
    }, ADDRESS_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [here, tempo]);
}
