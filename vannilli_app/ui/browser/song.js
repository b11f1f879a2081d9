/** Several sections in a row, each at its own tempo: where each begins, and how long all last. */
import { decimal, fraction, section, times } from "./music.js";
import { _ } from "./words.js";

/** @typedef {import("./music.js").Tempo} Tempo @typedef {import("./music.js").Fraction} Fraction */

const NONE = fraction(0n, 1n);

export const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);

/**
 * @param {Tempo[]} tempos  those that are no section yet are left out
 * @returns {{parts: {tempo: Tempo, part: object, start: Fraction, name: string}[], seconds: Fraction}}
 */
export function timeline(tempos) {
  const parts = [];
  let start = NONE;
  for (const tempo of tempos) {
    const part = section(tempo);
    if (!part) continue;
    parts.push({ tempo, part, start, name: `${parts.length + 1} ${_(part.partName)}` });
    start = plus(start, part.seconds);
  }
  return { parts, seconds: start };
}

/** Every bar line of a part, in seconds from the start of all; the first is the part's own. @returns {Fraction[]} */
export function barLines({ tempo, part, start }) {
  const lines = [];
  for (let bar = 0n; bar * decimal(tempo.bars).d < decimal(tempo.bars).n; bar++)
    lines.push(plus(start, times(fraction(bar, 1n), part.barSeconds)));
  return lines;
}
