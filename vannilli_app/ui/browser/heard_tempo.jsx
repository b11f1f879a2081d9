/**
 * The tempo and the bars of the draft's track as they are heard: here at once, by the server a moment later. All of it
 * is offered and nothing is set: what a person has chosen stays until they tap.
 */
import { useEffect, useRef, useState } from "react";
import { api } from "./api.js";
import { edit, useDraft } from "./draft.js";
import { samplesOf, sureness, tempoOf } from "./guess.js";
import { nearest, offered } from "./heard.js";
import { setTempo, useTempo } from "./tempo.js";
import { _, number } from "./words.js";

/** @typedef {{bpm: number, confidence: number, alternatives: number[], beats: number[], downbeats: number[]}} Heard */

/** What the server hears in the draft's track; `{}` while it listens, a `sentence` when it cannot. @returns {Partial<Heard> & {sentence?: string}} */
export function useHeard() {
  const draft = useDraft();
  const [heard, setHeard] = useState({});
  const asked = useRef("");
  const { has_audio: there, time_signature: signature, beat_unit: unit } = draft.project;
  const metre = `${signature} ${unit}`; // in which bars are counted
  const saved = draft.state === "saved"; // or the server would count in another one
  useEffect(() => { asked.current = ""; }, [draft.files.audio]);
  useEffect(() => {
    if (!there || !saved || asked.current === metre) return undefined;
    const abort = new AbortController();
    asked.current = metre;
    setHeard({});
    api("GET", `/api/projects/${draft.id}/beats`, undefined, { signal: abort.signal }).then(
      (found) => { setHeard(found); abort.done = true; },
      (problem) => problem.name !== "AbortError" && setHeard({ sentence: problem.message }),
    );
    return () => { if (!abort.done) { asked.current = ""; abort.abort(); } };
  }, [there, saved, draft.files.audio, metre]);
  return heard;
}

/** This device's own guess, which is there before the upload is. @returns {{bpm: number, confidence: number} | null} */
function useGuess(file) {
  const [guess, setGuess] = useState(null);
  useEffect(() => {
    let wanted = true;
    setGuess(null);
    file?.arrayBuffer().then(samplesOf).then((samples) => wanted && setGuess(tempoOf(samples))).catch(() => {});
    return () => { wanted = false; };
  }, [file]);
  return guess;
}

/** @param {{heard: Partial<Heard> & {sentence?: string}}} props */
export function HeardTempo({ heard }) {
  const draft = useDraft();
  const tempo = useTempo();
  const guess = useGuess(draft.files.audio);
  const found = heard.bpm ? heard : guess;
  const barOne = Number(draft.project.bar_one_seconds);
  const downbeat = heard.downbeats?.length ? nearest(heard.downbeats, barOne) : null;
  return (
    <div className="heard stack-tight">
      <p className="figures" role="status">{told(heard, guess)}</p>
      {found && (
        <div className="choices" role="group" aria-label={_("Tempos that the track may be counted in")}>
          {offered(found).map(({ bpm, octave }) => {
            const value = String(Math.round(bpm * 100) / 100);
            return (
              <button key={value} type="button" className="choice" aria-pressed={Math.abs(Number(tempo.bpm.replace(",", ".")) - bpm) < 0.005} onClick={() => setTempo({ bpm: value })}>
                {number(value)} {octave && <span className="choice-more">{octave === "half" ? _("half") : _("double")}</span>}
              </button>
            );
          })}
        </div>
      )}
      {downbeat !== null && (
        <button type="button" className="button button-plain button-small heard-downbeat" disabled={Math.abs(downbeat - barOne) < 1e-4} onClick={() => edit({ bar_one_seconds: downbeat })}>
          {_("Bar 1 on the downbeat at {seconds} s", { seconds: number(downbeat.toFixed(3)) })}
        </button>
      )}
    </div>
  );
}

function told(heard, guess) {
  const here = guess && _("{bpm} BPM on this device", { bpm: number(guess.bpm) });
  if (heard.sentence) return here ? `${here}. ${heard.sentence}` : heard.sentence;
  if (heard.bpm === null) return _("We hear no beat in it. Type its tempo, or tap it.");
  if (!heard.bpm) return here ? _("{here}, and we are listening more closely.", { here }) : _("Listening for the tempo and the bars");
  const ours = _("We hear {bpm} BPM, {sure}", { bpm: number(heard.bpm), sure: sureness(heard.confidence) });
  return here ? `${ours}; ${here}.` : `${ours}.`;
}
