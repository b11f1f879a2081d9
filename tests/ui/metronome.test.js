import assert from "node:assert/strict";
import { test } from "node:test";
import { beatStream } from "../../vannilli_app/ui/browser/metronome.js";
import { dice } from "./dice.js";

const AHEAD = 0.2;
const tempo = (bpm, timeSignature = "4/4", beatUnit = "quarter") => ({ bpm: String(bpm), bars: "8", timeSignature, beatUnit });

/** Every beat of two minutes, looked for by a timer that comes late by up to 170 ms. */
function played(stream, seconds = 120) {
  const roll = dice(5);
  const found = [];
  for (let now = 0; now < seconds; now += 0.025 + roll.next() ** 4 * 0.15)
    for (const beat of stream.take(now + AHEAD)) found.push({ ...beat, late: now - beat.at });
  return found;
}

for (const [bpm, signature, unit] of [[60, "4/4"], [93.5, "3/4"], [140, "4/4"], [200, "5/4"], [120, "6/8", "dotted_quarter"]])
  test(`every beat at ${bpm} in ${signature} is on the grid to the microsecond, and in time`, () => {
    const beats = played(beatStream(tempo(bpm, signature, unit), { start: 0.08 }));
    assert.ok(beats.length > 60);
    beats.forEach((beat, index) => {
      assert.ok(Math.abs(beat.at - 0.08 - (index * 60) / bpm) < 1e-6, `${index}`);
      assert.ok(beat.late < 0, `${index} came ${beat.late} s late`);
    });
  });

test("the count-in is a bar, then bars count from nought, with an accent on each first beat", () => {
  const beats = beatStream(tempo(120), { start: 0 }).take(4.1);
  assert.deepEqual(beats.map(({ countIn }) => countIn), [true, true, true, true, false, false, false, false, false]);
  assert.deepEqual(beats.map(({ bar }) => bar), [-1, -1, -1, -1, 0, 0, 0, 0, 1]);
  assert.deepEqual(beats.filter(({ accent }) => accent).map(({ at }) => at), [0, 2, 4]);
});

test("another tempo takes over at the next beat, without a jump", () => {
  const stream = beatStream(tempo(120), { start: 0, countIn: 0 });
  assert.deepEqual(stream.take(1.1).map(({ at }) => at), [0, 0.5, 1]);
  stream.change(tempo(60));
  assert.deepEqual(stream.take(5).map(({ at }) => at), [1.5, 2.5, 3.5, 4.5]);
});

test("a bar of 7/8 in quarters ends on its half beat", () => {
  assert.deepEqual(beatStream(tempo(120, "7/8"), { start: 0, countIn: 0 }).take(2.3).map(({ at }) => at), [0, 0.5, 1, 1.5, 1.75, 2.25]);
});
