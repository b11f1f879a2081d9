/**
 * One performance in front of the camera, in time with the track: the only capture path. getUserMedia gives camera
 * and microphone at once, a MediaRecorder writes both, and the track, the clicks and the pictures on the page follow
 * one AudioContext's clock.
 *
 * Events, by name and what a listener gets:
 * @typedef {object} CaptureEvents
 * @property {{seconds: number, bar: number, beat: number}} position  where we are from the section's start, heard, not
 *           scheduled; negative in the count-in
 * @property {{level: number}} level  of the microphone, 0..1
 * @property {{silent: boolean}} silence  nothing was heard for 2.5 s of a take; or something is heard again
 * @property {{blob: Blob, offset: number, latency: number, seconds: number, poster: string}} taken
 *           `offset`: when the section's first bar is heard, in seconds of the file; `latency` of them are the way
 *           from the audio clock to the ear
 * @property {{sentence: string}} lost  the take is gone, and why
 * @property {{sentence: string}} gone  camera or microphone is gone, and a take that was running with it
 */
import { beatsOf, clicks, lengthOf } from "./clicks.js";
import { _ } from "./words.js";

const WARM_UP = 2; // seconds that an encoder needs before it keeps time
const TAIL = 0.2; // seconds kept after the section's end
const SILENT_BELOW = 0.008;
const SILENT_FOR = 2.5;
const FORMATS = [
  "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
  "video/mp4;codecs=avc1,opus",
  "video/mp4",
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
];

/** The first format that this browser writes, best for the server first. Null when it records none. */
export const recordingFormat = (supports = (type) => globalThis.MediaRecorder?.isTypeSupported(type)) => FORMATS.find(supports) ?? null;

/** What a failed getUserMedia means for the person, and what to do. */
export function explained(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return _("The camera or microphone is not allowed. Allow both in the site settings beside the address, then try again.");
    case "NotFoundError":
    case "OverconstrainedError":
      return _("There is no camera or no microphone here. Connect one, or upload a video instead.");
    case "NotReadableError":
    case "AbortError":
      return _("Another app holds the camera or microphone. Close it, then try again.");
    default:
      return globalThis.isSecureContext === false
        ? _("Browsers lend the camera to https pages only. Open this page by https, or upload a video instead.")
        : _("The camera did not start. Try again, or upload a video instead.");
  }
}

/** Camera and microphone, asked for together: iOS forgets the first when the second is asked for later. */
export function openCamera(facing) {
  if (!navigator.mediaDevices) return Promise.reject(new DOMException("no media devices", "SecurityError"));
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  });
}

export class Capture {
  #listeners = { position: new Set(), level: new Set(), silence: new Set(), taken: new Set(), lost: new Set(), gone: new Set() };
  #undo = []; // what `destroy` takes back, last first
  #take = null;

  /** @param {MediaStream} stream @param {HTMLVideoElement} preview */
  constructor(stream, preview) {
    this.stream = stream;
    this.preview = preview;
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.#undo.push(() => stream.getTracks().forEach((track) => track.stop()));
    this.#undo.push(() => this.context.close());
    for (const track of stream.getTracks()) this.#during(track, "ended", () => this.#leave(_("The camera or microphone was taken away. Connect it, turn the camera on and record the take again.")));
    this.#during(document, "visibilitychange", () => {
      if (document.hidden) this.#lose(_("The page went to the background, so this take was stopped. Record it again."));
      else this.#stayAwake();
    });
    this.#listen();
    this.#stayAwake();
  }

  /** @template {keyof CaptureEvents} Name @param {Name} name @param {(detail: CaptureEvents[Name]) => void} listener */
  on(name, listener) {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  get isRunning() {
    return this.#take !== null;
  }

  /**
   * One bar of count-in, then the section; ends by itself.
   * @param {{tempo: import("./music.js").Tempo, track?: AudioBuffer, from?: number, withClicks?: boolean}} wanted
   * `from`: where in the track the section starts, in seconds
   */
  async perform({ tempo, track, from = 0, withClicks = true }) {
    if (this.#take) return;
    const take = (this.#take = { chunks: [], undo: [] });
    await this.context.resume();
    if (this.#take !== take) return;
    const bar = lengthOf(tempo, 1);
    const length = lengthOf(tempo, Number(tempo.bars));
    const start = this.context.currentTime + Math.max(0.25, WARM_UP - bar) + bar;
    take.undo.push(clicks(this.context, this.context.destination, start - bar, beatsOf(tempo, 1)));
    if (withClicks) take.undo.push(clicks(this.context, this.context.destination, start, beatsOf(tempo, Number(tempo.bars))));
    if (track) take.undo.push(this.#play(track, start, from, length));
    try {
      this.#write(take);
    } catch {
      this.#lose(_("The recording did not start. Turn the camera on again, or upload a video instead."));
      return;
    }
    this.#follow(take, { tempo, start, length });
  }

  /** End the take that is running without keeping it. */
  cancel() {
    this.#drop();
  }

  /** Gives everything back: camera, microphone, sound, screen lock, listeners. The object is of no use afterwards. */
  destroy() {
    this.#drop();
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    Object.values(this.#listeners).forEach((listeners) => listeners.clear());
  }

  #emit(name, detail) {
    this.#listeners[name].forEach((listener) => listener(detail));
  }

  #during(target, event, listener) {
    target.addEventListener(event, listener);
    this.#undo.push(() => target.removeEventListener(event, listener));
  }

  #play(track, start, from, length) {
    const source = this.context.createBufferSource();
    source.buffer = track;
    source.connect(this.context.destination);
    source.start(start + Math.max(0, -from), Math.max(0, from), length);
    return () => source.disconnect();
  }

  #write(take) {
    const type = recordingFormat();
    const recorder = new MediaRecorder(this.stream, { mimeType: type, videoBitsPerSecond: 5_000_000, audioBitsPerSecond: 160_000 });
    recorder.ondataavailable = (event) => event.data.size && take.chunks.push(event.data);
    recorder.onerror = () => this.#lose(_("The recording broke off. Record this take again."));
    recorder.start(250);
    // The file begins with the buffer that is played when `start` returns, on a busy machine 20 ms after its call:
    // measured, within 12 ms. The start event comes 60 ms later.
    take.began = this.context.currentTime - (this.context.baseLatency || 0);
    take.recorder = recorder;
    take.type = type.split(";")[0];
    take.undo.push(() => recorder.state !== "inactive" && recorder.stop());
  }

  /** Tell where we are on every frame, and stop when the section has been heard. */
  #follow(take, { tempo, start, length }) {
    const beats = beatsOf(tempo, Number(tempo.bars));
    const counted = beatsOf(tempo, 1).map((beat) => ({ ...beat, at: beat.at - lengthOf(tempo, 1), bar: -1 }));
    const all = [...counted, ...beats];
    const step = () => {
      const seconds = this.context.currentTime - this.#latency() - start;
      const now = all.findLast((beat) => beat.at <= seconds) ?? { bar: -1, beat: -1 };
      this.#emit("position", { seconds, bar: now.bar, beat: now.beat });
      if (seconds >= 0.2 && !take.poster) take.poster = this.#picture();
      if (seconds >= length + TAIL) this.#finish(take, start);
      else take.frame = requestAnimationFrame(step);
    };
    take.frame = requestAnimationFrame(step);
    take.undo.push(() => cancelAnimationFrame(take.frame));
  }

  /** How many seconds after its time on the context's clock something is heard, as well as the browser knows. */
  #latency() {
    const { contextTime, performanceTime } = this.context.getOutputTimestamp?.() ?? {};
    if (contextTime > 0 && performanceTime > 0) return Math.max(0, this.context.currentTime - contextTime - (performance.now() - performanceTime) / 1000);
    return this.context.outputLatency || this.context.baseLatency || 0;
  }

  async #finish(take, start) {
    const latency = this.#latency();
    const seconds = this.context.currentTime - take.began;
    const written = new Promise((resolve) => { take.recorder.onstop = resolve; });
    take.recorder.stop();
    await written;
    if (this.#take !== take) return;
    const blob = new Blob(take.chunks, { type: take.type });
    this.#drop();
    this.#emit("taken", { blob, offset: Math.max(0, start - take.began + latency), latency, seconds, poster: take.poster ?? "" });
  }

  #leave(sentence) {
    this.#drop();
    this.#emit("gone", { sentence });
  }

  #lose(sentence) {
    if (!this.#take) return;
    this.#drop();
    this.#emit("lost", { sentence });
  }

  #drop() {
    const take = this.#take;
    this.#take = null;
    take?.undo.forEach((undo) => undo());
  }

  #picture() {
    const { videoWidth: width, videoHeight: height } = this.preview;
    if (!width) return "";
    const canvas = document.createElement("canvas");
    canvas.width = Math.round((width / height) * 160);
    canvas.height = 160;
    canvas.getContext("2d").drawImage(this.preview, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.7);
  }

  /** The microphone's level, ten times a second, and a word when there is nothing to hear. */
  #listen() {
    const analyser = this.context.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    let quiet = 0;
    let silent = false;
    this.context.createMediaStreamSource(this.stream).connect(analyser);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
      this.#emit("level", { level: Math.min(1, level * 4) });
      quiet = level < SILENT_BELOW && this.#take ? quiet + 0.1 : 0;
      if (quiet > SILENT_FOR !== silent) {
        silent = !silent;
        this.#emit("silence", { silent });
      }
    }, 100);
    this.#undo.push(() => clearInterval(timer));
  }

  async #stayAwake() {
    try {
      const lock = await navigator.wakeLock?.request("screen");
      if (lock) this.#undo.push(() => lock.release());
    } catch { /* a low battery forbids it; recording works all the same */ }
  }
}
