/** A MIDI file that holds no notes but tempo, time signature and a marker for each section: a DAW's tempo track. */
import { beatsPerBar, decimal, fraction, over, rounded, times, whole } from "./music.js";

export const TICKS_A_QUARTER = 960;
const TEMPO = 0x51;
const SIGNATURE = 0x58;
const MARKER = 0x06;
const NAME = 0x03;
const END = 0x2f;

/** @param {ReturnType<typeof import("./song.js").timeline>} song @returns {Uint8Array} */
export function tempoMap(song) {
  const events = [];
  let tick = 0n;
  let last = 0n;
  const add = (type, data) => {
    events.push(...variable(Number(tick - last)), 0xff, type, ...variable(data.length), ...data);
    last = tick;
  };
  add(NAME, text("Vannilli tempo map"));
  for (const { tempo, name } of song.parts) {
    const [numerator, denominator] = tempo.timeSignature.split("/").map(Number);
    add(TEMPO, bytes(microsecondsAQuarter(tempo), 3));
    add(SIGNATURE, [numerator, Math.log2(denominator), 96 / denominator, 8]);
    add(MARKER, text(name));
    tick += ticks(tempo);
  }
  add(END, []);
  return Uint8Array.from([...text("MThd"), ...bytes(6, 4), ...bytes(0, 2), ...bytes(1, 2), ...bytes(TICKS_A_QUARTER, 2), ...text("MTrk"), ...bytes(events.length, 4), ...events]);
}

/** MIDI's tempo is whole microseconds: at most a millionth off, 0.2 ms in three minutes. */
function microsecondsAQuarter(tempo) {
  const counted = over(beatsPerBar(tempo.timeSignature, tempo.beatUnit), beatsPerBar(tempo.timeSignature));
  return Number(rounded(times(over(whole(60_000_000), decimal(tempo.bpm)), counted)));
}

const ticks = ({ bars, timeSignature }) => rounded(times(times(decimal(bars), beatsPerBar(timeSignature)), fraction(BigInt(TICKS_A_QUARTER), 1n)));

const text = (words) => [...new TextEncoder().encode(words)];
const bytes = (number, length) => Array.from({ length }, (_, i) => Math.floor(number / 256 ** (length - 1 - i)) % 256);

/** Seven bits a byte, the highest first; all but the last are marked. */
function variable(number) {
  const found = [number % 128];
  for (let rest = Math.floor(number / 128); rest; rest = Math.floor(rest / 128)) found.unshift((rest % 128) + 128);
  return found;
}
