/**
 * Bar lines as markers, in the columns that editors import.
 *
 * - Adobe Audition (Markers panel, Import Markers): tabs in spite of the name .csv; times as m:ss.mmm, "decimal".
 * - Reaper (Region/Marker Manager, Import): commas; M rows are markers, R rows are regions.
 * Premiere Pro writes marker lists but reads none.
 */
import { fraction, rounded, times } from "./music.js";
import { barLines } from "./song.js";

/** @param {ReturnType<typeof import("./song.js").timeline>} song */
export function auditionMarkers(song) {
  const rows = song.parts.flatMap((part) => [
    [part.name, clock(part.start), clock(part.part.seconds), "decimal", "Cue", described(part.tempo)],
    ...barLines(part).map((line, bar) => [`${part.name.split(" ")[0]}.${bar + 1}`, clock(line), clock(NONE), "decimal", "Cue", ""]),
  ]);
  return lines([["Name", "Start", "Duration", "Time Format", "Type", "Description"], ...rows], "\t");
}

/** @param {ReturnType<typeof import("./song.js").timeline>} song */
export function reaperMarkers(song) {
  let marker = 0;
  const rows = song.parts.flatMap((part, index) => {
    const next = song.parts[index + 1]?.start ?? song.seconds;
    return [
      [`R${index + 1}`, `${part.name}, ${described(part.tempo)}`, clock(part.start), clock(next), clock(part.part.seconds)],
      ...barLines(part).map((line, bar) => [`M${++marker}`, `${index + 1}.${bar + 1}`, clock(line), "", ""]),
    ];
  });
  return lines([["#", "Name", "Start", "End", "Length"], ...rows], ",");
}

const NONE = fraction(0n, 1n);
const described = ({ bpm, bars, timeSignature }) => `${bars} bars of ${timeSignature} at ${bpm} BPM`;

/** m:ss.mmm, to the nearest millisecond of the absolute time. */
function clock(seconds) {
  const ms = Number(rounded(times(seconds, fraction(1000n, 1n))));
  const rest = ms % 60_000;
  return `${(ms - rest) / 60_000}:${String(Math.floor(rest / 1000)).padStart(2, "0")}.${String(rest % 1000).padStart(3, "0")}`;
}

const lines = (rows, between) => rows.map((row) => row.map((cell) => quoted(cell, between)).join(between)).join("\r\n") + "\r\n";
const quoted = (cell, between) => (cell.includes(between) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell);
