/** A click track as a WAV file: 16 bit, mono, every click at the sample nearest to its beat. */
import { beatsPerBar, decimal, fraction, over, rounded, times, whole } from "./music.js";
import { plus } from "./song.js";

const HEADER = 44;
const CLICK_SECONDS = 0.045;

/**
 * @param {ReturnType<typeof import("./song.js").timeline>} song
 * @param {number} rate samples a second
 * @returns {Uint8Array}
 */
export function clickTrack(song, rate) {
  const samples = new Int16Array(sampleAt(song.seconds, rate));
  for (const part of song.parts)
    for (const { at, accent } of beatTimes(part)) strike(samples, sampleAt(at, rate), rate, accent);
  return wav(samples, rate);
}

const sampleAt = (seconds, rate) => Number(rounded(times(seconds, whole(rate))));

/** Every beat of a part in exact seconds, counted anew from each bar line. */
function beatTimes({ tempo, part, start }) {
  const beat = over(whole(60), decimal(tempo.bpm));
  const perBar = beatsPerBar(tempo.timeSignature, tempo.beatUnit);
  const found = [];
  for (let bar = 0n; ; bar++)
    for (let count = 0n; count * perBar.d < perBar.n; count++) {
      const beats = plus(times(fraction(bar, 1n), perBar), fraction(count, 1n));
      if (beats.n * part.beats.d >= part.beats.n * beats.d) return found;
      found.push({ at: plus(start, times(beats, beat)), accent: count === 0n });
    }
}

/** The metronome's click: a tone that fades, higher and louder on the first beat. */
function strike(samples, from, rate, accent) {
  const turn = (2 * Math.PI * (accent ? 1760 : 1174.66)) / rate;
  for (let i = 0; i < CLICK_SECONDS * rate && from + i < samples.length; i++)
    samples[from + i] = 32767 * (accent ? 0.8 : 0.5) * Math.exp((-6 * i) / CLICK_SECONDS / rate) * Math.cos(turn * i);
}

function wav(samples, rate) {
  const file = new Uint8Array(HEADER + 2 * samples.length);
  const view = new DataView(file.buffer);
  const word = (at, letters) => file.set([...letters].map((letter) => letter.charCodeAt(0)), at);
  word(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => view.setInt16(HEADER + 2 * i, sample, true));
  return file;
}
