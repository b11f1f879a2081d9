/** Tempos in addresses: one for the page (?bpm=140&bars=8&ts=4-4&unit=quarter), and sections in a row (&row=). */
import { section } from "./music.js";

/** @typedef {import("./music.js").Tempo} Tempo */

/** @type {Tempo} */
export const STANDARD = Object.freeze({ bpm: "140", bars: "8", timeSignature: "4/4", beatUnit: "quarter" });
export const MOST_SECTIONS = 16;

/**
 * The tempo of an address, null where it names none. A link says the same to everybody, so what it leaves out is the
 * standard and not one's own.
 * @returns {Tempo | null}
 */
export function tempoIn(search) {
  const query = new URLSearchParams(search);
  const asked = { bpm: query.get("bpm"), bars: query.get("bars"), timeSignature: query.get("ts")?.replace("-", "/"), beatUnit: query.get("unit") };
  const given = Object.entries(asked).filter(([, value]) => value);
  return given.length ? { ...STANDARD, ...Object.fromEntries(given) } : null;
}

/** The address of `path` that carries a tempo with it. */
export function withTempo(path, { bpm, bars, timeSignature, beatUnit }) {
  const query = new URLSearchParams({ bpm, bars, ts: timeSignature.replace("/", "-") });
  if (beatUnit !== "quarter") query.set("unit", beatUnit);
  return `${path}?${query}`;
}

/** "140_8_4-4,93.5_4_6-8_dotted_quarter": sections as they stand in an address. */
export const rowsAsText = (tempos) =>
  tempos.map(({ bpm, bars, timeSignature, beatUnit }) => [bpm, bars, timeSignature.replace("/", "-"), ...(beatUnit === "quarter" ? [] : [beatUnit])].join("_")).join(",");

/** @returns {Tempo[]} the sections of an address; what is none is left out */
export function rowsIn(text) {
  return (text ?? "")
    .split(",")
    .slice(0, MOST_SECTIONS)
    .map((one) => {
      const [bpm = "", bars = "", ts = "", ...unit] = one.split("_");
      return { bpm, bars, timeSignature: ts.replace("-", "/"), beatUnit: unit.join("_") || "quarter" };
    })
    .filter((tempo) => section(tempo));
}
