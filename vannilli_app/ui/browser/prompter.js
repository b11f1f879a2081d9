/** The words that scroll over the camera: a line at a time, spread evenly over the section's bars. */
const STORED = "vannilli.lyrics.";

/** @returns {string[]} the lines that have words */
export const linesOf = (lyrics) => lyrics.split("\n").map((line) => line.trim()).filter(Boolean);

/**
 * What to read, `bars` of the section having been heard; the first line shows while it is counted in.
 * @returns {{now: string, next: string}}
 */
export function lineAt(lines, heard, bars) {
  const at = Math.min(lines.length - 1, Math.max(0, Math.floor((heard / bars) * lines.length + 1e-9)));
  return { now: lines[at] ?? "", next: lines[at + 1] ?? "" };
}

export function keptLyrics(project) {
  try { return localStorage.getItem(STORED + project) ?? ""; } catch { return ""; }
}

export function keepLyrics(project, lyrics) {
  try { localStorage.setItem(STORED + project, lyrics); } catch { /* then they last as long as the page */ }
}
