import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, offered } from "../../vannilli_app/ui/browser/heard.js";
import { beginningOf, correction } from "../../vannilli_app/ui/browser/playback.js";
import { lineAt, linesOf } from "../../vannilli_app/ui/browser/prompter.js";
import { pauseAfter } from "../../vannilli_app/ui/browser/upload.js";

test("a broken line is tried again ever later, up to half a minute, and not for ever", () => {
  const pauses = [1, 2, 3, 6, 8].map((failures) => pauseAfter({ code: "offline", status: 0 }, failures));
  assert.deepEqual(pauses, [1, 2, 4, 30, 30]);
  assert.equal(pauseAfter({ code: "upload_broken", status: 0 }, 9), null);
});

test("what a store or server may get over is tried again, what was refused is not", () => {
  assert.equal(pauseAfter({ code: "upload_refused", status: 403 }, 1), 1);
  assert.equal(pauseAfter({ code: "store_unavailable", status: 503 }, 1), 1);
  assert.equal(pauseAfter({ code: "rate_limited", status: 429 }, 3), 4);
  assert.equal(pauseAfter({ code: "asset_too_large", status: 413 }, 1), null);
  assert.equal(pauseAfter(new DOMException("cancelled", "AbortError"), 1), null);
});

test("a picture that is a little off hurries or dawdles, and one far off jumps", () => {
  assert.deepEqual(correction(0.005), { seek: false, rate: 1 });
  assert.deepEqual(correction(0.05), { seek: false, rate: 0.9 });
  assert.deepEqual(correction(-0.05), { seek: false, rate: 1.1 });
  assert.deepEqual(correction(-0.2), { seek: false, rate: 1.25 });
  assert.equal(correction(0.3).seek, true);
  assert.equal(correction(-3).seek, true);
});

test("a picture that hurries comes in step and stays there", () => {
  let error = -0.2;
  for (let frame = 0; frame < 120; frame++) error += (correction(error).rate - 1) / 60;
  assert.ok(Math.abs(error) < 0.011, `${error}`);
});

test("a later picture begins earlier in the take; what was heard counts before the clock", () => {
  assert.equal(beginningOf({ offset: 1.5 }), 1.5);
  assert.equal(beginningOf({ offset: 1.5, nudge: 100 }), 1.4);
  assert.equal(beginningOf({ offset: 1.5, nudge: -50, heard: { offset_seconds: 1.25 } }), 1.3);
});

test("lines are spread over the bars; the first waits in the count-in, the last stays", () => {
  const lines = linesOf("One\n\n  Two \nThree\n");
  assert.deepEqual(lines, ["One", "Two", "Three"]);
  assert.deepEqual(lineAt(lines, 0, 6), { now: "One", next: "Two" });
  assert.deepEqual(lineAt(lines, 2, 6), { now: "Two", next: "Three" });
  assert.deepEqual(lineAt(lines, 6, 6), { now: "Three", next: "" });
  assert.deepEqual(lineAt([], 1, 4), { now: "", next: "" });
});

test("half and double are offered where they are tempos, and what else may be counted", () => {
  assert.deepEqual(offered({ bpm: 125.95, alternatives: [62.975, 125.95 * 2 / 3, 125.95 * 4 / 3] }).map((one) => ({ ...one, bpm: Math.round(one.bpm * 1e6) / 1e6 })), [
    { bpm: 126, octave: "" },
    { bpm: 63, octave: "half" },
    { bpm: 84, octave: "" },
    { bpm: 168, octave: "" },
  ]);
  assert.deepEqual(offered({ bpm: 90 }), [{ bpm: 90, octave: "" }, { bpm: 180, octave: "double" }]);
});

test("what is no whole tempo is offered as it was heard", () => {
  assert.deepEqual(offered({ bpm: 93.5 })[0], { bpm: 93.5, octave: "" });
});

test("of the downbeats the one is offered that is nearest to bar 1", () => {
  assert.equal(nearest([0.3, 2.2, 4.1], 0), 0.3);
  assert.equal(nearest([0.3, 2.2, 4.1], 2), 2.2);
});
