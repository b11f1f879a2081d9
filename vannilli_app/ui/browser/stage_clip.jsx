/** A finished clip in a phone, with its performance inset; drawn until there is a real one: both mouths on the beat. */
import { useEffect, useRef, useState } from "react";
import { useBeat } from "./tempo.js";
import { _ } from "./words.js";

/** @param {{src?: string, poster?: string, inset?: string, caption: string}} props */
export function StageClip({ src, poster, inset, caption }) {
  const [broken, setBroken] = useState(false);
  return (
    <figure className="phone" data-theme="dark">
      {src && !broken ? <Played src={src} poster={poster} inset={inset} onBroken={() => setBroken(true)} /> : <Drawn />}
      <figcaption className="for-screen-readers">{caption}</figcaption>
    </figure>
  );
}

/* Plays while it is in view, and by hand where motion is not wanted; the performance follows it, mouth for mouth. */
function Played({ src, poster, inset, onBroken }) {
  const screen = useRef(null);
  const corner = useRef(null);
  const [still, setStill] = useState(false);
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      setStill(true);
      return undefined;
    }
    const clip = screen.current;
    const seen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting) clip.play().catch(() => {}); // a browser that saves power refuses, and the still stays
      else clip.pause();
    });
    seen.observe(clip);
    return () => seen.disconnect();
  }, []);
  const follow = () => {
    if (!corner.current || screen.current.paused) return;
    corner.current.currentTime = screen.current.currentTime;
    corner.current.play().catch(() => {});
  };
  const common = { muted: true, loop: true, playsInline: true };
  return (
    <>
      <video className="phone-screen" ref={screen} src={src} poster={poster} preload="none" onError={onBroken} onPlaying={follow} onSeeked={follow} onPause={() => corner.current?.pause()} controls={still} {...common} />
      {inset && <video className="phone-inset" ref={corner} src={inset} preload="metadata" aria-hidden="true" {...common} />}
    </>
  );
}

const MOUTHS = [[1, 0.25], [0.55, 0.9], [0.8, 0.5], [0.35, 1]]; // width and opening, beat by beat

/** A moon that sings at the tempo, and the person who it is. */
export function Drawn() {
  const root = useRef(null);
  useBeat((beat, seconds) => {
    const [wide, open] = MOUTHS[((beat % 4) + 4) % 4];
    for (const mouth of root.current?.querySelectorAll("[data-mouth]") ?? [])
      mouth.animate(
        [{ transform: `scale(${0.7 + 0.3 * wide}, ${0.35 + 0.65 * open})` }, { transform: "scale(0.9, 0.18)" }],
        { duration: seconds * 1000, easing: "cubic-bezier(.2,.7,.4,1)", fill: "forwards" },
      );
    root.current?.querySelector("[data-nod]")?.animate(
      [{ transform: `translateY(${beat % 2 ? 5 : 8}px) rotate(${beat % 2 ? 1.2 : -1.2}deg)` }, { transform: "none" }],
      { duration: seconds * 1000, easing: "ease-out" },
    );
  });
  return (
    <div ref={root} className="phone-drawn" aria-hidden="true">
      <svg className="phone-screen" viewBox="0 0 270 480" preserveAspectRatio="xMidYMid slice">
        <defs>
          <radialGradient id="clip-beam" cx="50%" cy="0%" r="95%"><stop offset="0" stopColor="#4b3a63" /><stop offset="0.55" stopColor="#1f1830" /><stop offset="1" stopColor="#0c0a10" /></radialGradient>
          <radialGradient id="clip-moon" cx="38%" cy="30%" r="78%"><stop offset="0" stopColor="#fff6de" /><stop offset="0.6" stopColor="#ffe3a6" /><stop offset="1" stopColor="#d99a4e" /></radialGradient>
        </defs>
        <rect width="270" height="480" fill="url(#clip-beam)" />
        <g fill="#ffe9b8">{STARS.map(([x, y, r]) => <circle key={`${x}-${y}`} cx={x} cy={y} r={r} opacity={r > 1.2 ? 0.9 : 0.5} />)}</g>
        <g data-nod="" className="clip-nod">
          <circle cx="135" cy="202" r="98" fill="url(#clip-moon)" />
          <g fill="#c98f4a" opacity="0.35"><circle cx="78" cy="160" r="13" /><circle cx="188" cy="140" r="9" /><circle cx="204" cy="232" r="15" /><circle cx="90" cy="258" r="8" /></g>
          <path d="M86 184q16 13 34 1M150 185q18 12 34-1" fill="none" stroke="#3a2412" strokeWidth="6" strokeLinecap="round" />
          <path d="M84 164q17-13 36-5M150 159q19-8 36 5" fill="none" stroke="#3a2412" strokeWidth="4" strokeLinecap="round" opacity="0.55" />
          <path d="M135 190q-9 24-2 30q6 4 12-1" fill="none" stroke="#a56a2d" strokeWidth="4" strokeLinecap="round" />
          <g data-mouth="" className="clip-mouth"><ellipse cx="135" cy="252" rx="30" ry="21" fill="#4a1420" /><path d="M112 262q23 17 46 0q-10 12-23 12t-23-12z" fill="#e2667a" /></g>
        </g>
        <g fill="#0c0a10"><path d="M0 480V418q60-34 135-34t135 34v62z" /></g>
      </svg>
      <svg className="phone-inset" viewBox="0 0 90 120">
        <rect width="90" height="120" fill="#2b2633" />
        <path d="M8 120q4-34 37-34t37 34z" fill="#5d5470" />
        <rect x="37" y="70" width="16" height="22" rx="7" fill="#b98566" />
        <ellipse cx="45" cy="52" rx="21" ry="26" fill="#cf9b7b" />
        <path d="M22 50q-2-34 24-33 25 1 22 32-6-17-20-18-19 0-26 19z" fill="#2a1a17" />
        <path d="M33 50q4-3 8 0M50 50q4-3 8 0" fill="none" stroke="#2a1a17" strokeWidth="2.4" strokeLinecap="round" />
        <g data-mouth="" className="clip-mouth"><ellipse cx="45" cy="66" rx="8" ry="6" fill="#4a1420" /></g>
      </svg>
      <span className="phone-tag">{_("You")}</span>
    </div>
  );
}

const STARS = [[28, 40, 1], [60, 86, 1.6], [104, 30, 1], [150, 62, 1.1], [196, 34, 1.7], [236, 92, 1], [248, 300, 1.2], [22, 320, 1.6], [34, 208, 1], [250, 190, 1.5], [58, 350, 1], [216, 346, 1]];
