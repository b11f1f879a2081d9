/**
 * The tempo of a recording, found on this device: where energy rises (onsets), how it repeats (autocorrelation), and
 * then how exactly (the phase of the pulse over the whole recording).
 */
import { MAX_BPM, MIN_BPM } from "./music.js";
import { _ } from "./words.js";

export const RATE = 11025; // samples a second that `tempoOf` wants
const WINDOW = 512;
const HOP = 128;
const FRAMES_A_SECOND = RATE / HOP;
const MOST_SECONDS = 90;
const PREFERRED_BPM = 120; // of several octaves, the one nearest to where most music is
const OCTAVES = 0.9;

/** The first sound of a file as mono samples at `RATE`. @param {ArrayBuffer} bytes @returns {Promise<Float32Array>} */
export async function samplesOf(bytes) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(bytes);
  const length = Math.min(sound.length, MOST_SECONDS * sound.sampleRate);
  const from = Math.floor((sound.length - length) / 2);
  const mixed = new Float32Array(length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const samples = sound.getChannelData(channel);
    for (let i = 0; i < length; i++) mixed[i] += samples[from + i] / sound.numberOfChannels;
  }
  return mixed;
}

/**
 * @param {Float32Array} samples mono, at `RATE`
 * @returns {{bpm: number, confidence: number} | null} confidence 0 to 1: how much of what repeats, repeats at this
 *   tempo; null for less than four seconds, or where nothing repeats
 */
export function tempoOf(samples) {
  if (samples.length < 4 * RATE) return null;
  const envelope = onsets(samples);
  const repeats = autocorrelation(envelope);
  if (!repeats) return null;
  const coarse = mostLikely(repeats);
  const bpm = refined(envelope, coarse.bpm);
  return { bpm: Math.round(bpm * 10) / 10, confidence: Math.max(0, Math.min(1, coarse.strength)) };
}

/** How much a tempo is to be believed, in words. */
export const sureness = (confidence) => (confidence > 0.5 ? _("quite sure") : confidence > 0.25 ? _("fairly sure") : _("not sure: tap along to check"));

/** How much the sound rises at each step, over its local mean: the sum over bands of the rise of the log spectrum. */
function onsets(samples) {
  const steps = Math.floor((samples.length - WINDOW) / HOP) + 1;
  const shape = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
  const bins = WINDOW / 2;
  const re = new Float64Array(WINDOW);
  const im = new Float64Array(WINDOW);
  let before = new Float64Array(bins);
  let now = new Float64Array(bins);
  const rises = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < WINDOW; i++) {
      re[i] = samples[step * HOP + i] * shape[i];
      im[i] = 0;
    }
    transform(re, im);
    for (let bin = 1; bin < bins; bin++) {
      now[bin] = Math.log1p(100 * Math.hypot(re[bin], im[bin]));
      if (step && now[bin] > before[bin]) rises[step] += now[bin] - before[bin];
    }
    [before, now] = [now, before];
  }
  return overLocalMean(rises, Math.round(FRAMES_A_SECOND * 0.5));
}

function overLocalMean(values, reach) {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => { sums[i + 1] = sums[i] + value; });
  return values.map((value, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(values.length, i + reach + 1);
    return Math.max(0, value - (sums[to] - sums[from]) / (to - from));
  });
}

/** By lag in steps, as a share of the energy; null for silence. */
function autocorrelation(envelope) {
  const longest = Math.ceil((4 * 60 * FRAMES_A_SECOND) / MIN_BPM);
  const mean = envelope.reduce((sum, value) => sum + value, 0) / envelope.length;
  const energy = envelope.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (energy < 1e-9) return null;
  const found = new Float64Array(longest + 2);
  for (let lag = 0; lag < found.length && lag < envelope.length; lag++) {
    let sum = 0;
    for (let i = lag; i < envelope.length; i++) sum += (envelope[i] - mean) * (envelope[i - lag] - mean);
    found[lag] = ((sum / energy) * envelope.length) / (envelope.length - lag);
  }
  return found;
}

/** The tempo whose beat, two, and four beats all repeat best, drawn a little to the middle of the range. */
function mostLikely(repeats) {
  const at = (lag) => {
    const low = Math.floor(lag);
    return low + 1 < repeats.length ? repeats[low] + (lag - low) * (repeats[low + 1] - repeats[low]) : 0;
  };
  const near = (lag) => Math.max(at(lag - 0.7), at(lag), at(lag + 0.7));
  let best = { score: -Infinity, bpm: PREFERRED_BPM, strength: 0 };
  for (let bpm = MIN_BPM; bpm <= MAX_BPM; bpm += 0.5) {
    const beat = (60 * FRAMES_A_SECOND) / bpm;
    const strength = (near(beat) + near(2 * beat) + near(4 * beat)) / 3;
    const score = strength * Math.exp(-0.5 * (Math.log2(bpm / PREFERRED_BPM) / OCTAVES) ** 2);
    if (score > best.score) best = { score, bpm, strength };
  }
  return best;
}

/** The tempo near `bpm` at which the onsets, and their off-beats, agree most in phase over the whole recording. */
function refined(envelope, bpm) {
  const pull = (tempo) => {
    let sum = 0;
    for (const harmonic of [1, 2, 4]) {
      const turn = (2 * Math.PI * harmonic * tempo) / 60 / FRAMES_A_SECOND;
      let re = 0;
      let im = 0;
      for (let i = 0; i < envelope.length; i++) {
        if (!envelope[i]) continue;
        re += envelope[i] * Math.cos(turn * i);
        im += envelope[i] * Math.sin(turn * i);
      }
      sum += Math.hypot(re, im);
    }
    return sum;
  };
  let best = bpm;
  for (const [reach, step] of [[0.02 * bpm, 0.2], [0.2, 0.02]]) {
    const middle = best;
    let most = -Infinity;
    for (let tempo = middle - reach; tempo <= middle + reach; tempo += step) {
      const strength = pull(tempo);
      if (strength > most) [most, best] = [strength, tempo];
    }
  }
  return best;
}

/** A Fourier transform in place; the length is a power of two. */
function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const angle = (-2 * Math.PI) / size;
    for (let k = 0; k < size >> 1; k++) {
      const cos = Math.cos(angle * k);
      const sin = Math.sin(angle * k);
      for (let a = k; a < n; a += size) {
        const b = a + (size >> 1);
        const r = re[b] * cos - im[b] * sin;
        const i = re[b] * sin + im[b] * cos;
        re[b] = re[a] - r;
        im[b] = im[a] - i;
        re[a] += r;
        im[a] += i;
      }
    }
  }
}
