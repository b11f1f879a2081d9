import assert from "node:assert/strict";
import { test } from "node:test";
import { intoRange, tapped, withTap } from "../../vannilli_app/ui/browser/taps.js";
import { dice } from "./dice.js";

const JITTER_MS = 15;
const TRIALS = 4000;

/** Errors in BPM, smallest first, of `taps` taps at `bpm` by a hand that is off by 15 ms (standard deviation). */
function errors(bpm, taps, roll = dice(bpm)) {
  const found = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const times = Array.from({ length: taps }, (_, beat) => (beat * 60000) / bpm + roll.normal() * JITTER_MS);
    found.push(Math.abs(Math.round(tapped(times).bpm) - bpm));
  }
  return found.sort((a, b) => a - b);
}

for (const bpm of [60, 80, 100, 120, 140, 174, 200])
  test(`eight taps at ${bpm} are within 1 BPM, mostly; sixteen are always`, () => {
    const eight = errors(bpm, 8);
    assert.ok(eight[TRIALS / 2] <= 1, "the median");
    if (bpm <= 120) assert.ok(eight[TRIALS * 0.98] <= 1, "98 of 100");
    assert.ok(errors(bpm, 16)[TRIALS * 0.98] <= 1, "98 of 100 by sixteen taps");
  });

test("no straight line through eight taps is nearer: the error is the least that there can be", () => {
  const bpm = 140;
  const roll = dice(7);
  let squares = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const times = Array.from({ length: 8 }, (_, beat) => (beat * 60000) / bpm + roll.normal() * JITTER_MS);
    squares += (60000 / tapped(times).bpm - 60000 / bpm) ** 2;
  }
  const least = JITTER_MS / Math.sqrt(42); // sigma over the root of the sum of squared beats
  assert.ok(Math.sqrt(squares / TRIALS) < 1.05 * least);
});

test("what is said about the error is true", () => {
  const roll = dice(3);
  let held = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const times = Array.from({ length: 12 }, (_, beat) => beat * 500 + roll.normal() * JITTER_MS);
    const { bpm, plusMinus } = tapped(times);
    held += Math.abs(bpm - 120) <= plusMinus;
  }
  assert.ok(held / TRIALS > 0.6 && held / TRIALS < 0.75);
});

test("a beat that was left out is counted, and a slip is not", () => {
  assert.equal(Math.round(tapped([0, 500, 1000, 2000, 2500, 3000]).bpm), 120);
  assert.equal(Math.round(tapped([0, 500, 1000, 1200, 1500, 2000, 2500]).bpm), 120);
  assert.ok(Math.abs(tapped([0, 430, 855, 1290, 2000]).bpm - 139.5) < 1);
});

test("one tap says nothing, two say a tempo without a limit of error", () => {
  assert.equal(tapped([0]), null);
  assert.deepEqual(tapped([0, 500]), { bpm: 120, plusMinus: Infinity, taps: 2 });
});

test("two seconds of silence begin anew", () => {
  assert.deepEqual(withTap([0, 500], 2400), [0, 500, 2400]);
  assert.deepEqual(withTap([0, 500], 2501), [2501]);
  assert.equal(Array.from({ length: 40 }).reduce((taps, _, i) => withTap(taps, i * 400), []).length, 32);
});

test("an octave error is brought into range", () => {
  assert.deepEqual([45, 250, 120, 10, 59].map(intoRange), [90, 125, 120, 80, 118]);
});
