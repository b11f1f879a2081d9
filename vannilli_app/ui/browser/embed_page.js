/** The calculator in a frame of another page: fields, taps and the answer, and how tall it is. No framework, no storage. */
import { withTempo } from "./address.js";
import { sentence } from "./lengths.js";
import { refusal, section, written } from "./music.js";
import { intoRange, tapped, withTap } from "./taps.js";
import { _, at, number, speak } from "./words.js";

const by = (id) => document.getElementById(id);
const { language, sentences } = JSON.parse(by("words").textContent);
speak(language, sentences);
let taps = [];

function shown() {
  const tempo = { bpm: by("bpm").value.trim(), bars: by("bars").value.trim(), timeSignature: by("ts").value.replace("-", "/"), beatUnit: by("unit").value };
  const part = section(tempo);
  by("bpm-shown").textContent = number(tempo.bpm) || "–";
  by("bpm-shown").toggleAttribute("data-long", tempo.bpm.length > 3);
  by("seconds").textContent = part ? number(written(part.seconds)) : "–";
  by("sentence").textContent = part ? sentence(tempo) : refusal(tempo).message;
  if (part) by("back").href = withTempo(at("/calculator"), tempo);
}

function tap() {
  taps = withTap(taps, performance.now());
  const heard = tapped(taps);
  by("heard").textContent = taps.length < 4 ? _("keep tapping") : `± ${Math.max(1, Math.ceil(heard.plusMinus))}`;
  if (taps.length < 3) return;
  by("bpm").value = String(Math.round(intoRange(heard.bpm)));
  shown();
}

by("fields").addEventListener("input", shown);
by("fields").addEventListener("submit", (event) => event.preventDefault());
by("tap").addEventListener("pointerdown", (event) => event.button === 0 && tap());
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select");
  const pad = event.target.closest("#tap") && [" ", "Enter"].includes(event.key);
  if (event.repeat || typing || !(pad || event.key.toLowerCase() === "t")) return;
  event.preventDefault();
  tap();
});
shown();

const say = () => parent.postMessage({ vannilli: "height", height: by("embed").offsetHeight }, "*");
new ResizeObserver(say).observe(by("embed"));
