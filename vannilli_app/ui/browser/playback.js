/**
 * The section of the track, round and round, with the pictures of takes in step with it: the AudioContext leads, and
 * the videos, whose own clocks start late and drift, are kept up with it.
 */
const LEAD = 0.1; // seconds that a context needs to begin on time
const FAR = 0.25; // seconds off at which a picture is put right at once
const CLOSE = 0.01;
const HASTE = 2; // of what it is off, how much a second is caught up
const MOST_HASTE = 0.25;

/**
 * How a picture that is `error` seconds ahead (negative: behind) comes back in step.
 * @returns {{seek: boolean, rate: number}}
 */
export function correction(error) {
  if (Math.abs(error) > FAR) return { seek: true, rate: 1 };
  if (Math.abs(error) < CLOSE) return { seek: false, rate: 1 };
  return { seek: false, rate: 1 - Math.max(-MOST_HASTE, Math.min(MOST_HASTE, HASTE * error)) };
}

/** Where in a take the section begins, in seconds: as it was heard, else as the recorder noted it, and as nudged. */
export const beginningOf = ({ offset, heard, nudge = 0 }) => (heard?.offset_seconds ?? offset) - nudge / 1000;

export class Playback {
  #pictures = new Map();
  #playing = null;

  /** @param {{track: AudioBuffer, from: number, length: number}} section  seconds of the track */
  constructor(section) {
    this.section = section;
  }

  /** Keep this video, muted, in step; again whenever the second in which the section begins has changed. */
  show(video, begins) {
    this.#pictures.set(video, begins);
    if (!this.#playing) video.currentTime = Math.max(0, begins);
  }

  hide(video) {
    this.#pictures.delete(video);
  }

  async play() {
    const { track, from, length } = this.section;
    const playing = (this.#playing = { context: new AudioContext(), frame: 0 });
    await playing.context.resume();
    if (this.#playing !== playing) return;
    const source = playing.context.createBufferSource();
    source.buffer = track;
    source.loop = true;
    source.loopStart = Math.max(0, from);
    source.loopEnd = from + length;
    source.connect(playing.context.destination);
    const start = playing.context.currentTime + LEAD;
    source.start(start, Math.max(0, from));
    const follow = () => {
      const at = heardNow(playing.context) - start;
      for (const [video, begins] of this.#pictures) keepUp(video, begins + (at < 0 ? 0 : at % length));
      playing.frame = requestAnimationFrame(follow);
    };
    follow();
  }

  stop() {
    if (!this.#playing) return;
    cancelAnimationFrame(this.#playing.frame);
    this.#playing.context.close();
    this.#playing = null;
    for (const video of this.#pictures.keys()) video.pause();
  }
}

/** The time on a context's clock that is heard now. */
function heardNow(context) {
  const { contextTime, performanceTime } = context.getOutputTimestamp?.() ?? {};
  return contextTime > 0 ? contextTime + (performance.now() - performanceTime) / 1000 : context.currentTime - (context.outputLatency || 0);
}

function keepUp(video, wanted) {
  const { seek, rate } = correction(video.currentTime - wanted);
  if (seek && !video.seeking) video.currentTime = Math.max(0, wanted);
  video.playbackRate = rate;
  if (video.paused) video.play().catch(() => {}); // the next frame tries again
}
