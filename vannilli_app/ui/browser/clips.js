/** Clips that play, muted, while they are in view, and tell once when somebody has really watched. No framework. */
import { api } from "./api.js";

const IN_VIEW = 0.6; // of its height
const WATCHED_SECONDS = 3;

const still = matchMedia("(prefers-reduced-motion: reduce)");

const observer = new IntersectionObserver(
  (seen) => {
    for (const { target, intersectionRatio } of seen) {
      if (intersectionRatio < IN_VIEW) target.pause();
      else if (!still.matches && !target.dataset.paused) play(target);
    }
  },
  { threshold: [0, IN_VIEW] },
);

/** Take up every clip within `root`. */
export function takeUp(root) {
  for (const clip of root.querySelectorAll("[data-clip]")) {
    observer.observe(clip);
    listen(clip);
  }
}

function play(clip) {
  if (clip.dataset.src && !clip.src) clip.src = clip.dataset.src;
  clip.play().catch(() => {}); // a browser that saves power refuses, and the still stays
}

/** Seconds that went by while it played in somebody's sight; jumps and loops do not count. */
function listen(clip) {
  let watched = 0;
  let last = 0;
  const heard = () => {
    const step = clip.currentTime - last;
    last = clip.currentTime;
    if (step > 0 && step < 1 && !document.hidden) watched += step;
    if (watched < Math.min(WATCHED_SECONDS, clip.duration || WATCHED_SECONDS) - 0.3) return;
    clip.removeEventListener("timeupdate", heard);
    const { item } = clip.closest("[data-item]").dataset;
    api("POST", `/api/showcase/${item}/watch`).catch(() => {}); // not worth a word
  };
  clip.addEventListener("timeupdate", heard);
  // Who stops it by hand has it stopped until they start it again.
  clip.addEventListener("play", () => delete clip.dataset.paused);
  clip.addEventListener("pause", () => {
    const { top, bottom } = clip.getBoundingClientRect();
    if (clip.controls && top < innerHeight && bottom > 0 && !document.hidden) clip.dataset.paused = "yes";
  });
}
