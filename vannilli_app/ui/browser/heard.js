/** What is made of a tempo and of downbeats that were heard in a track. */
import { MAX_BPM, MIN_BPM } from "./music.js";

const SAME = 0.25; // BPM
const NEARLY = 0.1; // BPM from a whole one, which most tracks are made at and the ear is that exact
const MOST_OFFERED = 4;

/**
 * The tempos to offer, likeliest first: as heard, its half and double, then what else it may be counted in.
 * @param {{bpm: number, alternatives?: number[]}} heard
 * @returns {{bpm: number, octave: "" | "half" | "double"}[]}
 */
export function offered({ bpm, alternatives = [] }) {
  const fits = (one) => one >= MIN_BPM && one <= MAX_BPM;
  const whole = Math.abs(bpm - Math.round(bpm)) < NEARLY ? Math.round(bpm) : bpm;
  const octaves = [{ bpm: whole, octave: "" }, { bpm: whole / 2, octave: "half" }, { bpm: whole * 2, octave: "double" }].filter((one) => fits(one.bpm));
  const others = alternatives.map((one) => (one * whole) / bpm).filter((one) => fits(one) && octaves.every((octave) => Math.abs(octave.bpm - one) > SAME));
  return [...octaves, ...others.map((one) => ({ bpm: one, octave: "" }))].slice(0, MOST_OFFERED);
}

/** The downbeat that lies nearest to a second of the track. */
export const nearest = (downbeats, second) => downbeats.reduce((best, one) => (Math.abs(one - second) < Math.abs(best - second) ? one : best), downbeats[0]);
