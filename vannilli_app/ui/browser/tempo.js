/**
 * The person's tempo: one value for the whole page, kept over visits, and the clock that beats at it.
 * What is shown anywhere (calculator, prices, grids, --beat) follows this store.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { STANDARD, tempoIn } from "./address.js";
import { beatsPerBar, float, refusal } from "./music.js";

/** @typedef {import("./music.js").Tempo} Tempo */

const STORED = "vannilli.tempo";

let tempo = STANDARD;
const listeners = new Set();

/** @returns {Tempo} */
export const currentTempo = () => tempo;

/** Change some of the tempo's fields, as typed; what is no section yet is kept, but not beaten. */
export function setTempo(change) {
  const next = { ...tempo, ...change };
  if (Object.keys(next).every((key) => next[key] === tempo[key])) return;
  tempo = next;
  if (!refusal(tempo)) {
    clock.setBeat(60 / Number(tempo.bpm.replace(",", ".")));
    try { localStorage.setItem(STORED, JSON.stringify(tempo)); } catch { /* private windows have no store */ }
  }
  listeners.forEach((listener) => listener());
}

/** Be told of changes; returns the way out. */
export function onTempo(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The tempo, as a React hook. The address (?bpm=&bars=&ts=&unit=) wins over the last visit. */
export function useTempo() {
  useEffect(recall, []);
  return useSyncExternalStore(onTempo, currentTempo, () => STANDARD);
}

let recalled = false;

/** Take up the tempo of the address or of the last visit, once a page. */
export function recall() {
  if (recalled) return;
  recalled = true;
  const asked = tempoIn(location.search);
  let next = asked;
  if (!asked || refusal(asked)) {
    try { next = { ...STANDARD, ...JSON.parse(localStorage.getItem(STORED)) }; } catch { /* unreadable: start anew */ }
  }
  if (next && !refusal(next)) setTempo(next);
  clock.setBeat(60 / Number(tempo.bpm));
}

/** Beats in a bar to draw, and how much of a beat the last one is: 7/8 in quarters is 4 beats, the last a half. */
export function drawnBeats(timeSignature, beatUnit) {
  const beats = float(beatsPerBar(timeSignature, beatUnit));
  return { count: Math.ceil(beats - 1e-9), last: beats % 1 || 1 };
}

/** One clock for everything that beats, so that it beats together. It runs only while somebody watches. */
const clock = {
  seconds: 60 / 140,
  origin: 0,
  timer: 0,
  watchers: new Set(),

  setBeat(seconds) {
    const now = performance.now() / 1000;
    const phase = (now - this.origin) / this.seconds;
    this.origin = now - phase * seconds;
    this.seconds = seconds;
    document.documentElement.style.setProperty("--beat", `${seconds.toFixed(6)}s`);
    this.plan();
  },

  /** A beat falls now: the person tapped it. */
  strike() {
    this.origin = performance.now() / 1000;
    this.tick();
  },

  tick() {
    const beat = Math.round((performance.now() / 1000 - this.origin) / this.seconds);
    this.watchers.forEach((watcher) => watcher(beat, this.seconds));
    this.plan();
  },

  plan() {
    clearTimeout(this.timer);
    if (!this.watchers.size || document.hidden) return;
    const beats = (performance.now() / 1000 - this.origin) / this.seconds;
    const wait = (Math.floor(beats + 0.02) + 1 - beats) * this.seconds;
    this.timer = setTimeout(() => this.tick(), wait * 1000);
  },

  watch(watcher) {
    if (!this.watchers.size) document.addEventListener("visibilitychange", this.woken);
    this.watchers.add(watcher);
    this.plan();
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size) return;
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", this.woken);
    };
  },

  woken: () => clock.plan(),
};

export const strike = () => clock.strike();

/** Calls `watcher(beat, secondsPerBeat)` on every beat, unless the person wants less motion. */
export function useBeat(watcher, wanted = true) {
  const latest = useRef(watcher);
  useEffect(() => { latest.current = watcher; });
  useEffect(() => {
    if (!wanted || matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
    return clock.watch((beat, seconds) => latest.current(beat, seconds));
  }, [wanted]);
}
