/**
 * What a section is in frames, samples and bars that fit, and back from a length to a tempo or to bars.
 * All exact: `vannilli_app.music`, repeated where there is no server.
 *
 * @typedef {import("./music.js").Fraction} Fraction
 * @typedef {import("./music.js").Tempo} Tempo
 */
import { MAX_BARS, MAX_BPM, MIN_BARS, MIN_BPM, beatsPerBar, ceil, countedBars, decimal, dollars, floor, fraction, over, rounded, section, times, whole, written } from "./music.js";
import { N_, _, ngettext, number } from "./words.js";

/** Frames a second. */
export const FRAME_RATES = [
  { name: "23.976", rate: fraction(24000n, 1001n) },
  { name: "24", rate: whole(24) },
  { name: "25", rate: whole(25) },
  { name: "29.97", rate: fraction(30000n, 1001n) },
  { name: "30", rate: whole(30) },
  { name: "60", rate: whole(60) },
];
export const SAMPLE_RATES = [
  { name: "44.1", rate: whole(44100) },
  { name: "48", rate: whole(48000) },
];

/** How long places take a clip, in seconds. */
export const LIMITS = [
  { name: N_("Spotify Canvas"), least: 3, most: 8 },
  { name: N_("One render of 10 s"), least: 0, most: 10 },
  { name: N_("One render of 30 s"), least: 0, most: 30 },
];

/** The frame or sample nearest to the start of `bar` (0 is the first): from its absolute time, so that nothing drifts. */
export const countAt = (part, bar, rate) => Number(rounded(times(times(bar, part.barSeconds), rate)));

/** Frames or samples of the whole section. */
export const countOf = (part, rate) => Number(rounded(times(part.seconds, rate)));

/** The half bars that last at least `least` and at most `most` seconds: [fewest, most], or null when there are none. */
export function barsWithin(barSeconds, { least, most }) {
  const halves = (seconds) => over(whole(2 * seconds), barSeconds);
  const fewest = Math.max(2 * MIN_BARS, Number(ceil(halves(least))));
  const longest = Math.min(2 * MAX_BARS, Number(floor(halves(most))));
  return fewest <= longest ? [fewest / 2, longest / 2] : null;
}

/**
 * The tempo, to three decimals, at which these bars come nearest to lasting `seconds`.
 * @param {Tempo} tempo whose bars and metre are kept
 * @param {Fraction} seconds
 * @returns {{bpm: string, exact: boolean, seconds: Fraction} | null} null when it is out of range
 */
export function tempoFor(tempo, seconds) {
  const bars = decimal(tempo.bars);
  if (!bars?.n || !seconds?.n) return null;
  const beats = times(bars, beatsPerBar(tempo.timeSignature, tempo.beatUnit));
  const wished = over(times(beats, whole(60)), seconds);
  const taken = fraction(rounded(times(wished, whole(1000))), 1000n);
  if (taken.n < BigInt(MIN_BPM) * taken.d || taken.n > BigInt(MAX_BPM) * taken.d) return null;
  const lasts = over(times(beats, whole(60)), taken);
  return { bpm: written(taken), exact: taken.n === wished.n && taken.d === wished.d, seconds: lasts };
}

/** Every whole number of bars that lasts `seconds` at a tempo within range, with that tempo. */
export function temposFor(tempo, seconds) {
  const found = [];
  for (let bars = MIN_BARS; bars <= MAX_BARS; bars++) {
    const one = tempoFor({ ...tempo, bars: String(bars) }, seconds);
    if (one) found.push({ bars: String(bars), ...one });
  }
  return found;
}

/** The (half) bars nearest to so many bars, as typed; null when there are none. */
function nearestBars(bars) {
  const halves = Number(rounded(times(bars, whole(2))));
  return halves >= 2 * MIN_BARS && halves <= 2 * MAX_BARS ? String(halves / 2) : null;
}

/** The (half) bars that come nearest to `seconds` at this tempo. */
export function barsFor(tempo, seconds) {
  const part = section({ ...tempo, bars: "1" });
  return part && seconds?.n ? nearestBars(over(seconds, part.barSeconds)) : null;
}

/** The (half) bars that come nearest to so many beats. */
export const barsForBeats = (tempo, beats) => (beats?.n ? nearestBars(over(beats, beatsPerBar(tempo.timeSignature, tempo.beatUnit))) : null);

/** Quarters in the note that the BPM counts. */
function quartersCounted({ timeSignature, beatUnit }) {
  if (beatUnit === "dotted_quarter") return fraction(3n, 2n);
  return beatUnit === "denominator" ? fraction(4n, BigInt(timeSignature.split("/")[1])) : whole(1);
}

/** How long each note lasts, in seconds, from the whole note to the 64th: straight, dotted and in triplets. */
export function noteLengths(tempo) {
  const quarter = over(over(whole(60), decimal(tempo.bpm)), quartersCounted(tempo));
  return [1n, 2n, 4n, 8n, 16n, 32n, 64n].map((share) => {
    const straight = times(quarter, fraction(4n, share));
    return { note: `1/${share}`, straight, dotted: times(straight, fraction(3n, 2n)), triplet: times(straight, fraction(2n, 3n)) };
  });
}

/** "8 × 4 × 60 ÷ 140 = 96/7": how the seconds come about. */
export function formula(tempo) {
  const part = section(tempo);
  const exact = part.seconds.d === 1n ? String(part.seconds.n) : `${part.seconds.n}/${part.seconds.d}`;
  return { bars: tempo.bars, beats: written(part.perBar), bpm: tempo.bpm, exact, seconds: written(part.seconds) };
}

const A_PART = {
  "Short Hook": N_("a Short Hook"),
  Hook: N_("a Hook"),
  Verse: N_("a Verse"),
  "Full Verse": N_("a Full Verse"),
  "Extended Section": N_("an Extended Section"),
};

/** The answer in words: the server writes the same sentence into the page before any script runs. */
export function sentence(tempo) {
  const { billed, partName } = section(tempo);
  return _("{bars} at {bpm}: {part}. Billed as {seconds}, {credits} ({price}). A draft is free.", {
    bars: countedBars(tempo.bars),
    bpm: number(tempo.bpm),
    part: _(A_PART[partName]),
    seconds: ngettext("{n} second", "{n} seconds", billed),
    credits: ngettext("{n} credit", "{n} credits", billed),
    price: dollars(billed),
  });
}
