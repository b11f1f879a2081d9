/**
 * A metronome on the audio clock. A timer only looks ahead: each look puts the clicks of the next moments on the
 * AudioContext's clock, which a busy page cannot delay.
 */
import { beatsOf, clicks } from "./clicks.js";

const LOOK_MS = 25;
const AHEAD_SECONDS = 0.2; // longer than a page in the foreground is ever held up
const LEAD_SECONDS = 0.08;

/**
 * The clicks of a section that is played over and over, without end: `take(until)` gives those that begin before
 * `until` and were not given yet. Changing the tempo keeps the beat that is under way and bends what follows.
 */
export function beatStream(tempo, { start, countIn = 1, bars = Infinity }) {
  let bar = pattern(tempo);
  let barStart = start;
  let barIndex = 0;
  let next = 0;

  return {
    take(until) {
      const due = [];
      while (barIndex < countIn + bars && barStart + (bar.beats[next]?.at ?? Infinity) < until) {
        const { at, accent, beat } = bar.beats[next];
        due.push({ at: barStart + at, accent, beat, bar: barIndex - countIn, countIn: barIndex < countIn });
        if (++next < bar.beats.length) continue;
        barStart += bar.seconds;
        barIndex += 1;
        next = 0;
      }
      return due;
    },
    /** From the next beat on, at another tempo. */
    change(tempoNow) {
      const fresh = pattern(tempoNow);
      if (next === 0) bar = fresh;
      else if (fresh.beats.length !== bar.beats.length) {
        barStart += bar.seconds; // another metre begins with the next bar
        barIndex += 1;
        next = 0;
        bar = fresh;
      } else {
        barStart += bar.beats[next].at - fresh.beats[next].at;
        bar = fresh;
      }
    },
  };
}

function pattern(tempo) {
  const beats = beatsOf(tempo, 1);
  const [, second] = beatsOf(tempo, 2).filter(({ accent }) => accent);
  return { beats, seconds: second.at };
}

/**
 * Plays until it is stopped. `onBeat` is told of each beat when it sounds.
 * @param {AudioContext} context
 * @returns {{stop: () => void, change: (tempo: object) => void}}
 */
export function metronome(context, tempo, { countIn = 1, onBeat } = {}) {
  const output = context.createGain();
  output.connect(context.destination);
  const stream = beatStream(tempo, { start: context.currentTime + LEAD_SECONDS, countIn });
  const shown = new Set();

  function look() {
    const due = stream.take(context.currentTime + AHEAD_SECONDS);
    clicks(context, output, 0, due);
    for (const beat of due) {
      const wait = (beat.at - context.currentTime + (context.outputLatency || 0)) * 1000;
      const timer = setTimeout(() => { shown.delete(timer); onBeat?.(beat); }, Math.max(0, wait));
      shown.add(timer);
    }
  }
  look();
  const looking = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(looking);
      shown.forEach(clearTimeout);
      output.disconnect();
    },
    change: (tempoNow) => stream.change(tempoNow),
  };
}
