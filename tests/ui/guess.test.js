import assert from "node:assert/strict";
import { test } from "node:test";
import { RATE, tempoOf } from "../../vannilli_app/ui/browser/guess.js";
import { dice } from "./dice.js";

const SECONDS = 24;

/** A short noise or tone that fades, mixed into `track` at `seconds`. */
function hit(track, seconds, { level, fade, pitch = 0, roll }) {
  const from = Math.round(seconds * RATE);
  for (let i = 0; i < fade * RATE * 4 && from + i < track.length; i++)
    track[from + i] += level * Math.exp(-i / RATE / fade) * (pitch ? Math.sin((2 * Math.PI * pitch * i) / RATE) : 2 * roll.next() - 1);
}

/** Kick on one and three, snare on two and four, eighths on a hat, a bass and a pad; a hand that is off by 5 ms. */
function song(bpm, { seed = bpm, noise = 0.02 } = {}) {
  const roll = dice(seed);
  const track = Float32Array.from({ length: SECONDS * RATE }, () => noise * (2 * roll.next() - 1));
  for (let i = 0; i < track.length; i++) track[i] += 0.08 * Math.sin((2 * Math.PI * 220 * i) / RATE);
  const beat = 60 / bpm;
  for (let eighth = 0; eighth * beat * 0.5 < SECONDS - 1; eighth++) {
    const at = 0.2 + eighth * beat * 0.5 + Math.abs(roll.normal()) * 0.005;
    hit(track, at, { level: eighth % 2 ? 0.1 : 0.16, fade: 0.015, roll });
    if (eighth % 4 === 0) hit(track, at, { level: 0.7, fade: 0.07, pitch: 60, roll });
    if (eighth % 4 === 2) hit(track, at, { level: 0.5, fade: 0.05, roll });
    if (eighth % 8 === 3) hit(track, at, { level: 0.3, fade: 0.12, pitch: 110, roll });
  }
  return track;
}

for (const bpm of [62, 70, 84, 93.5, 108, 117.3, 128, 140, 150, 160, 174, 200])
  test(`a drawn band at ${bpm} is heard within half a BPM, outside of 80 to 165 perhaps an octave off`, () => {
    const found = tempoOf(song(bpm));
    const octaves = bpm >= 80 && bpm <= 165 ? [1] : [1, 2, 0.5];
    assert.ok(octaves.some((octave) => Math.abs(found.bpm - bpm * octave) <= 0.5), `${found.bpm}`);
    assert.ok(found.confidence > 0.4, `confidence ${found.confidence}`);
  });

test("noise that hides half the band does not hide its tempo", () => {
  assert.ok(Math.abs(tempoOf(song(126, { noise: 0.3 })).bpm - 126) <= 0.5);
});

test("where nothing repeats the confidence is low, and silence and snippets give no tempo", () => {
  const roll = dice(9);
  const noise = Float32Array.from({ length: SECONDS * RATE }, () => 2 * roll.next() - 1);
  assert.ok(tempoOf(noise).confidence < 0.2);
  assert.equal(tempoOf(new Float32Array(SECONDS * RATE)), null);
  assert.equal(tempoOf(song(120).subarray(0, 3 * RATE)), null);
});
