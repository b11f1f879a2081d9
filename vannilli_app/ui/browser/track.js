/** A track in the browser: decoded once, and drawn from its peaks. */
import { _ } from "./words.js";

export const PEAKS_PER_SECOND = 200;

/**
 * @param {Blob} file
 * @returns {Promise<AudioBuffer>}
 * @throws {Error} with a sentence for the person
 */
export async function decode(file) {
  try {
    return await new OfflineAudioContext(2, 1, 44100).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error(_("This browser cannot play that track. It is uploaded all the same; type where bar 1 starts."));
  }
}

/** The loudest sample of each 5 ms, 0..1, over all channels. @param {AudioBuffer} buffer @returns {Float32Array} */
export function peaksOf(buffer) {
  const step = buffer.sampleRate / PEAKS_PER_SECOND;
  const peaks = new Float32Array(Math.ceil(buffer.length / step));
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < samples.length; i++) {
      const at = Math.floor(i / step);
      const value = Math.abs(samples[i]);
      if (value > peaks[at]) peaks[at] = value;
    }
  }
  return peaks;
}

/** Where the track's first sound begins, in seconds: a quarter of its loudest. */
export function firstSound(peaks) {
  const most = peaks.reduce((loud, peak) => Math.max(loud, peak), 0);
  return Math.max(0, peaks.findIndex((peak) => peak > most / 4)) / PEAKS_PER_SECOND;
}

/** The loudest peak between two times, in seconds. */
export function loudest(peaks, from, to) {
  let most = 0;
  const end = Math.min(peaks.length, Math.ceil(to * PEAKS_PER_SECOND));
  for (let i = Math.max(0, Math.floor(from * PEAKS_PER_SECOND)); i < end; i++) if (peaks[i] > most) most = peaks[i];
  return most;
}
