/** From taps to a tempo. */
import { MAX_BPM, MIN_BPM } from "./music.js";

const MOST_TAPS = 32;
const OFF_BEAT = 0.3; // of a beat: a tap farther from the beat was a slip
export const TAPS_END_MS = 2000;

/** The taps so far and one more, in ms; after two seconds of silence they begin anew. */
export const withTap = (taps, now) => (taps.length && now - taps.at(-1) > TAPS_END_MS ? [now] : [...taps, now].slice(-MOST_TAPS));

/**
 * The tempo of taps, from their times in ms: the straight line nearest to them, which uses every tap, where the
 * median of the intervals uses two. A beat that was left out is counted, a slip is not.
 * @returns {{bpm: number, plusMinus: number, taps: number} | null} `plusMinus` BPM hold two times out of three
 */
export function tapped(times) {
  if (times.length < 2) return null;
  const beat = median(times.slice(1).map((time, i) => time - times[i]));
  const points = [{ beat: 0, time: times[0] }];
  for (const time of times.slice(1)) {
    const last = points.at(-1);
    const beats = (time - last.time) / beat;
    const whole = Math.round(beats);
    if (whole > 0 && Math.abs(beats - whole) <= OFF_BEAT) points.push({ beat: last.beat + whole, time });
  }
  if (points.length < 2) return { bpm: 60000 / beat, plusMinus: Infinity, taps: times.length };
  const { slope, error } = line(points);
  return { bpm: 60000 / slope, plusMinus: (60000 / slope ** 2) * error, taps: times.length };
}

/** Least squares; the standard error of the slope is unknown (infinite) with two points. */
function line(points) {
  const n = points.length;
  const middle = points.reduce((sum, p) => sum + p.beat, 0) / n;
  const mean = points.reduce((sum, p) => sum + p.time, 0) / n;
  const width = points.reduce((sum, p) => sum + (p.beat - middle) ** 2, 0);
  const slope = points.reduce((sum, p) => sum + (p.beat - middle) * (p.time - mean), 0) / width;
  const rest = points.reduce((sum, p) => sum + (p.time - mean - slope * (p.beat - middle)) ** 2, 0);
  return { slope, error: n > 2 ? Math.sqrt(rest / (n - 2) / width) : Infinity };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Half or double, whatever brings a tempo into range; clamped when nothing does. */
export function intoRange(bpm) {
  while (bpm < MIN_BPM && bpm * 2 <= MAX_BPM) bpm *= 2;
  while (bpm > MAX_BPM && bpm / 2 >= MIN_BPM) bpm /= 2;
  return Math.min(MAX_BPM, Math.max(MIN_BPM, bpm));
}
