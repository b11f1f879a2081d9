/** The calculator in a frame of another page: fields, taps and the answer, and how tall it is. No framework, no storage. */
import { withTempo } from "./address.js";
import { sentence } from "./lengths.js";
import { refusal, section, written } from "./music.js";
import { intoRange, tapped, withTap } from "./taps.js";

const at = (id) => document.getElementById(id);
let taps = [];

function shown() {
  const tempo = { bpm: at("bpm").value.trim(), bars: at("bars").value.trim(), timeSignature: at("ts").value.replace("-", "/"), beatUnit: at("unit").value };
  const part = section(tempo);
  at("bpm-shown").textContent = tempo.bpm || "–";
  at("bpm-shown").toggleAttribute("data-long", tempo.bpm.length > 3);
  at("seconds").textContent = part ? written(part.seconds) : "–";
  at("sentence").textContent = part ? sentence(tempo) : refusal(tempo).message;
  if (part) at("back").href = withTempo("/calculator", tempo);
}

function tap() {
  taps = withTap(taps, performance.now());
  const heard = tapped(taps);
  at("heard").textContent = taps.length < 4 ? "keep tapping" : `± ${Math.max(1, Math.ceil(heard.plusMinus))}`;
  if (taps.length < 3) return;
  at("bpm").value = String(Math.round(intoRange(heard.bpm)));
  shown();
}

at("fields").addEventListener("input", shown);
at("fields").addEventListener("submit", (event) => event.preventDefault());
at("tap").addEventListener("pointerdown", (event) => event.button === 0 && tap());
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select");
  const pad = event.target.closest("#tap") && [" ", "Enter"].includes(event.key);
  if (event.repeat || typing || !(pad || event.key.toLowerCase() === "t")) return;
  event.preventDefault();
  tap();
});
shown();

const say = () => parent.postMessage({ vannilli: "height", height: at("embed").offsetHeight }, "*");
new ResizeObserver(say).observe(at("embed"));
