/**
 * The music maths where there is no server: `vannilli_app.music`, repeated exactly on BigInt fractions.
 * A test proves that both agree on every tempo, length and time signature.
 *
 * @typedef {{n: bigint, d: bigint}} Fraction always in lowest terms, d > 0
 * @typedef {{bpm: string, bars: string, timeSignature: string, beatUnit: string}} Tempo as it is typed
 * @typedef {{field: string, code: string, message: string}} Refusal
 */
import { N_, _, money, number } from "./words.js";


export const MIN_BPM = 60;
export const MAX_BPM = 200;
export const MIN_BARS = 1;
export const MAX_BARS = 32;
export const BAR_PRESETS = [4, 8, 16, 32];
export const BEAT_UNITS = ["quarter", "dotted_quarter", "denominator"];
export const SIGNATURES = ["4/4", "3/4", "6/8", "2/4", "5/4", "7/8", "9/8", "12/8", "2/2"];

/** Cents a credit and credits included, by tier; a credit is a second. */
export const PLANS = {
  free: { name: N_("Free"), cents: 0, credits: 3, rate: 0, every: "" },
  open_mic: { name: "Open Mic", cents: 1500, credits: 42, rate: 35, every: N_("once") },
  indie_artist: { name: "Indie Artist", cents: 1500, credits: 50, rate: 30, every: N_("a month") },
  artist: { name: "Artist", cents: 2000, credits: 80, rate: 25, every: N_("a month") },
  label: { name: "Label", cents: 5000, credits: 333, rate: 15, every: N_("a month") },
};

const gcd = (a, b) => (b ? gcd(b, a % b) : a);
/** @returns {Fraction} */
export const fraction = (n, d) => {
  const common = gcd(n < 0n ? -n : n, d) || 1n;
  return { n: n / common, d: d / common };
};
export const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
export const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
export const whole = (a) => fraction(BigInt(a), 1n);
export const floor = (a) => a.n / a.d; // of positive fractions, as all of these are
export const ceil = (a) => (a.n + a.d - 1n) / a.d;

/** A decimal as it is written: "93.5" is 187/2. Null for what is no plain positive decimal. */
export function decimal(text) {
  const match = /^\s*(\d{1,6})(?:[.,](\d{0,9}))?\s*$/.exec(String(text));
  if (!match) return null;
  const digits = match[2] ?? "";
  return fraction(BigInt(match[1] + digits), 10n ** BigInt(digits.length));
}

const within = (value, least, most) => value && value.n >= BigInt(least) * value.d && value.n <= BigInt(most) * value.d;

/** @returns {Refusal | null} why this is no section, in the words of the server */
export function refusal({ bpm, bars, timeSignature, beatUnit = "quarter" }) {
  const tempo = decimal(bpm);
  if (!within(tempo, MIN_BPM, MAX_BPM) || 1000n % tempo.d)
    return { field: "bpm", code: "bpm_out_of_range", message: _("The tempo goes from {least} to {most} BPM, with up to three decimals.", { least: MIN_BPM, most: MAX_BPM }) };
  const length = decimal(bars);
  if (!within(length, MIN_BARS, MAX_BARS) || 2n % length.d)
    return { field: "bars", code: "bars_out_of_range", message: _("A section has {least} to {most} bars, in whole or half bars.", { least: MIN_BARS, most: MAX_BARS }) };
  if (!BEAT_UNITS.includes(beatUnit)) return { field: "beat_unit", code: "validation_error", message: _("The tempo counts one of these notes: {notes}.", { notes: BEAT_UNITS.join(", ") }) };
  const [numerator, denominator] = /^\d{1,2}\/\d{1,2}$/.test(timeSignature) ? timeSignature.split("/").map(Number) : [];
  if (!(numerator >= 1 && numerator <= 32 && [2, 4, 8, 16].includes(denominator)))
    return { field: "time_signature", code: "invalid_time_signature", message: _("Write a time signature like 4/4, 3/4 or 6/8.") };
  return null;
}

/** Counted notes in a bar. @returns {Fraction} */
export function beatsPerBar(timeSignature, beatUnit = "quarter") {
  const [numerator, denominator] = timeSignature.split("/").map(BigInt);
  if (beatUnit === "denominator") return fraction(numerator, 1n);
  if (beatUnit === "dotted_quarter") return fraction(numerator * 8n, denominator * 3n);
  return fraction(numerator * 4n, denominator);
}

/** A stretch of a song. Null when `refusal` has something to say. */
export function section(tempo) {
  if (refusal(tempo)) return null;
  const bars = decimal(tempo.bars);
  const perBar = beatsPerBar(tempo.timeSignature, tempo.beatUnit);
  const barSeconds = over(times(perBar, whole(60)), decimal(tempo.bpm));
  const seconds = times(bars, barSeconds);
  return {
    barSeconds,
    seconds,
    billed: Number(ceil(seconds)),
    beats: times(bars, perBar),
    perBar,
    partName: partName(bars),
  };
}

function partName(bars) {
  for (const [most, name] of [[4, N_("Short Hook")], [8, N_("Hook")], [16, N_("Verse")], [24, N_("Full Verse")]])
    if (bars.n <= BigInt(most) * bars.d) return name;
  return N_("Extended Section");
}

/** Whose rate a price is quoted at: one's own; Artist's for visitors and free accounts. */
export const quotedTier = (tier) => (!tier || tier === "free" ? "artist" : tier);

/** "$3.50": credits at the rate of a tier. */
export const dollars = (credits, tier) => money(credits * PLANS[quotedTier(tier)].rate);

/** What a plan's credits buy: whole sections like this one, and bars in a row in halves. */
export function buys(tier, part) {
  const credits = PLANS[tier].credits;
  const halves = floor(over(whole(2 * credits), part.barSeconds));
  return { sections: Math.floor(credits / part.billed), bars: Number(halves) / 2 };
}

/** A fraction with at most `places` decimals, halves up, without trailing zeros: 96/7 is "13.714". */
export function written(value, places = 3) {
  const scale = 10n ** BigInt(places);
  const scaled = (2n * value.n * scale + value.d) / (2n * value.d);
  const tail = String(scaled % scale).padStart(places, "0").replace(/0+$/, "");
  return String(scaled / scale) + (tail && `.${tail}`);
}

/** The nearest whole number, halves up. */
export const rounded = (a) => (2n * a.n + a.d) / (2n * a.d);

/** The nearest float, for clocks and drawing only. */
export const float = (value) => Number(value.n) / Number(value.d);

/** "1 bar", "8.5 bars". */
export const countedBars = (bars) => (Number(bars) === 1 ? _("{n} bar", { n: 1 }) : _("{n} bars", { n: number(bars) }));
