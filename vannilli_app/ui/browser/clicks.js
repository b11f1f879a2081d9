/** The metronome: when it clicks, and its clicks on an AudioContext's clock. */
import { beatsPerBar, decimal, float } from "./music.js";

/**
 * Every beat of `bars` bars, in seconds from the first bar line. A bar's last beat may be cut short: 7/8 counted in
 * quarters clicks at 0, 1, 2 and 3 quarters, and then comes the next bar.
 * @param {import("./music.js").Tempo} tempo
 * @returns {{at: number, accent: boolean, bar: number, beat: number}[]}
 */
export function beatsOf(tempo, bars) {
  const perBar = float(beatsPerBar(tempo.timeSignature, tempo.beatUnit));
  const second = 60 / float(decimal(tempo.bpm));
  const beats = [];
  for (let bar = 0; bar < bars; bar++)
    for (let beat = 0; beat < perBar - 1e-9 && bar + beat / perBar < bars - 1e-9; beat++)
      beats.push({ at: (bar * perBar + beat) * second, accent: beat === 0, bar, beat });
  return beats;
}

/** How long `bars` bars last, in seconds. */
export const lengthOf = (tempo, bars) => (bars * float(beatsPerBar(tempo.timeSignature, tempo.beatUnit)) * 60) / float(decimal(tempo.bpm));

/** Puts clicks at `start + beat.at` seconds on the context's clock; returns what takes back those to come. */
export function clicks(context, output, start, beats) {
  const sounding = beats.map(({ at, accent }) => {
    const tone = context.createOscillator();
    const level = context.createGain();
    const when = start + at;
    tone.frequency.value = accent ? 1760 : 1174.66;
    level.gain.setValueAtTime(accent ? 0.5 : 0.3, when);
    level.gain.exponentialRampToValueAtTime(0.001, when + 0.045);
    tone.connect(level).connect(output);
    tone.start(when);
    tone.stop(when + 0.05);
    return tone;
  });
  return () => sounding.forEach((tone) => tone.disconnect());
}
