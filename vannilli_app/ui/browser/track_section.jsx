/**
 * Where in the track the section lies: the whole track with the section in it, and a close look at its first bars
 * under the bar lines. Drag, or use the arrow keys, to put bar 1 on the beat.
 */
import { useEffect, useId, useRef, useState } from "react";
import { beatsOf, clicks, lengthOf } from "./clicks.js";
import { edit, useDraft } from "./draft.js";
import { HeardTempo, useHeard } from "./heard_tempo.jsx";
import { refusal } from "./music.js";
import { useTempo } from "./tempo.js";
import { decode, firstSound, loudest, peaksOf } from "./track.js";
import { _, number } from "./words.js";

const CLOSE_BARS = 2;
const AHEAD = 0.8; // seconds before a round ends that the next one's clicks are laid
const NUDGE = 0.01; // seconds; a tenth of it with Shift

export function TrackSection() {
  const draft = useDraft();
  const tempo = useTempo();
  const id = useId();
  const track = useTrack(draft.files.audio);
  const { bar_one_seconds: barOne, section_start_bar: startBar, has_audio: there } = draft.project;
  const heard = useHeard();
  if (!there) return <p className="quiet">{_("Bring your track above, and place the section in it here.")}</p>;
  if (refusal(tempo)) return null;

  const bar = lengthOf(tempo, 1);
  const place = { tempo, bar, barOne: Number(barOne), start: Number(barOne) + (Number(startBar) - 1) * bar, length: lengthOf(tempo, Number(tempo.bars)) };
  const setBarOne = (seconds) => edit({ bar_one_seconds: Math.round(Math.min(7200, Math.max(0, seconds)) * 1e4) / 1e4 });
  const setStartBar = (value) => edit({ section_start_bar: Math.min(9999, Math.max(1, Math.round(value))) });
  return (
    <div className="stack">
      <HeardTempo heard={heard} />
      {track.buffer ? (
        <>
          <Overview track={track} place={place} startBar={startBar} onStartBar={setStartBar} />
          <Close track={track} place={place} heard={heard.beats ?? []} onBarOne={setBarOne} />
          <Play track={track} place={place} onFirstSound={() => setBarOne(firstSound(track.peaks))} />
        </>
      ) : (
        <p className="quiet" role="status">{draft.files.audio ? track.sentence || _("Reading your track") : _("Choose the track again above to see it here.")}</p>
      )}
      <div className="pair">
        <NumberField id={`${id}one`} label={_("Bar 1 starts at")} unit="s" step="0.001" value={barOne} error={draft.errors.bar_one_seconds} onChange={setBarOne} />
        <NumberField id={`${id}bar`} label={_("The section starts with bar")} step="1" least={1} value={startBar} error={draft.errors.section_start_bar} onChange={setStartBar} />
      </div>
    </div>
  );
}

function useTrack(file) {
  const [track, setTrack] = useState({});
  useEffect(() => {
    let wanted = true;
    setTrack({});
    if (file) decode(file).then((buffer) => wanted && setTrack({ buffer, peaks: peaksOf(buffer) }), (error) => wanted && setTrack({ sentence: error.message }));
    return () => { wanted = false; };
  }, [file]);
  return track;
}

function NumberField({ id, label, unit, step, least = 0, value, error, onChange }) {
  const [typed, setTyped] = useState(null);
  return (
    <div className="field">
      <label htmlFor={id}>{label}{unit && <span className="quiet"> ({unit})</span>}</label>
      <input
        id={id}
        className="input figures"
        type="number"
        inputMode="decimal"
        min={least}
        step={step}
        value={typed ?? value}
        aria-invalid={Boolean(error)}
        onChange={(event) => { setTyped(event.target.value); if (event.target.value !== "" && Number(event.target.value) >= least) onChange(Number(event.target.value)); }}
        onBlur={() => setTyped(null)}
      />
      <span className="field-error" role="alert">{error}</span>
    </div>
  );
}

/** The whole track; the section can be moved by bars. */
function Overview({ track, place, startBar, onStartBar }) {
  const seconds = track.buffer.duration;
  const draw = (pen) => {
    const x = (time) => (time / seconds) * pen.width;
    pen.area(x(place.start), x(place.start + place.length), pen.colour("--vanilla-dim"));
    for (let px = 0; px < pen.width; px += 3) {
      const at = (px / pen.width) * seconds;
      const inside = at >= place.start && at < place.start + place.length;
      pen.bar(px, 2, loudest(track.peaks, at, at + (3 / pen.width) * seconds), pen.colour(inside ? "--vanilla" : "--edge"));
    }
  };
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * seconds - place.length / 2;
    onStartBar((at - place.barOne) / place.bar + 1);
  };
  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -8, PageUp: 8 };
  return (
    <Drawing
      height={64}
      draw={draw}
      label={_("Where the section starts in your track")}
      now={Number(startBar)}
      least={1}
      most={Math.max(1, Math.floor((seconds - place.barOne) / place.bar))}
      text={_("bar {bar}", { bar: startBar })}
      onKey={(key) => key in keys && onStartBar(Number(startBar) + keys[key])}
      onPointerDown={move}
      onPointerMove={move}
    />
  );
}

/** The first bars of the section, close; the track slides under the bar lines. */
function Close({ track, place, heard, onBarOne }) {
  const from = place.start - place.bar / 4;
  const span = place.bar * (CLOSE_BARS + 0.5);
  const grabbed = useRef(null);
  const draw = (pen) => {
    const x = (time) => ((time - from) / span) * pen.width;
    for (let px = 0; px < pen.width; px += 2) {
      const at = from + (px / pen.width) * span;
      pen.bar(px, 1.25, loudest(track.peaks, at, at + (2 / pen.width) * span), pen.colour(at < place.start ? "--edge" : "--text-quiet"));
    }
    for (const { at, accent } of beatsOf(place.tempo, CLOSE_BARS + 1)) pen.line(x(place.start + at), accent ? 2 : 1, pen.colour(accent ? "--vanilla" : "--edge"));
    for (const at of heard) if (at >= from && at <= from + span) pen.mark(x(at), pen.colour("--in-sync"));
  };
  return (
    <Drawing
      height={128}
      draw={draw}
      label={_("Where bar 1 starts. Drag the sound until its beat is on the line.")}
      now={place.barOne}
      least={0}
      most={Math.round(track.buffer.duration)}
      text={_("bar 1 starts at {seconds} seconds", { seconds: number(place.barOne.toFixed(3)) })}
      onKey={(key, fine) => {
        const step = fine ? NUDGE / 10 : NUDGE;
        const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -place.bar, PageUp: place.bar };
        if (key in moves) onBarOne(place.barOne + moves[key]);
      }}
      onPointerDown={(event) => { grabbed.current = { x: event.clientX, barOne: place.barOne }; }}
      onPointerMove={(event) => onBarOne(grabbed.current.barOne - ((event.clientX - grabbed.current.x) / event.currentTarget.clientWidth) * span)}
    />
  );
}

/** A canvas that is a slider: drawn anew when its size, its picture or the colours change. */
function Drawing({ height, draw, label, now, least, most, text, onKey, onPointerDown, onPointerMove }) {
  const canvas = useRef(null);
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
    paint(canvas.current, height, draw);
  });
  useEffect(() => {
    const again = () => paint(canvas.current, height, latest.current);
    const sizes = new ResizeObserver(again);
    sizes.observe(canvas.current);
    const lights = new MutationObserver(again);
    lights.observe(document.documentElement, { attributeFilter: ["class"] });
    return () => { sizes.disconnect(); lights.disconnect(); };
  }, [height]);
  return (
    <canvas
      ref={canvas}
      className="waveform"
      style={{ height }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuenow={now}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuetext={text}
      onKeyDown={(event) => {
        if (!/^(Arrow|Page)/.test(event.key)) return;
        event.preventDefault();
        onKey(event.key, event.shiftKey);
      }}
      onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); onPointerDown(event); }}
      onPointerMove={(event) => event.buttons && onPointerMove(event)}
    />
  );
}

function paint(canvas, height, draw) {
  if (!canvas) return; // the page was left while the track was being read
  const width = canvas.clientWidth;
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  context.scale(scale, scale);
  draw({
    width,
    colour: (role) => resolved(style, role),
    area: (from, to, colour) => { context.fillStyle = colour; context.fillRect(from, 0, to - from, height); },
    bar: (x, wide, loud, colour) => {
      const tall = Math.max(1, loud * (height - 12));
      context.fillStyle = colour;
      context.fillRect(x, (height - tall) / 2, wide, tall);
    },
    mark: (x, colour) => { context.fillStyle = colour; context.fillRect(x - 2, height - 6, 4, 6); },
    line: (x, wide, colour) => { context.fillStyle = colour; context.fillRect(x - wide / 2, 0, wide, height); },
  });
}

/** A role's colour where CSS would resolve `light-dark()` and a canvas does not. */
function resolved(style, role) {
  const value = style.getPropertyValue(role).trim();
  const both = /^light-dark\((.+?),(.+)\)$/.exec(value);
  return both ? (style.colorScheme.startsWith("light") ? both[1] : both[2]).trim() : value;
}

/** Play the section with the metronome, to hear whether the clicks sit. */
function Play({ track, place, onFirstSound }) {
  const [playing, setPlaying] = useState(false);
  const [looped, setLooped] = useState(false);
  const stop = useRef(() => {});
  useEffect(() => () => stop.current(), []);
  useEffect(() => stop.current(), [place.start, place.length, looped]);

  function play() {
    const context = new AudioContext();
    const source = context.createBufferSource();
    const beats = beatsOf(place.tempo, Number(place.tempo.bars));
    let at = context.currentTime + 0.08;
    source.buffer = track.buffer;
    source.loop = looped;
    source.loopStart = Math.max(0, place.start);
    source.loopEnd = place.start + place.length;
    source.connect(context.destination);
    source.start(at, source.loopStart, looped ? undefined : place.length);
    clicks(context, context.destination, at, beats);
    const round = looped && setInterval(() => {
      if (context.currentTime < at + place.length - AHEAD) return;
      at += place.length;
      clicks(context, context.destination, at, beats);
    }, (1000 * AHEAD) / 4);
    stop.current = () => { stop.current = () => {}; clearInterval(round); context.close(); setPlaying(false); };
    source.onended = () => stop.current();
    setPlaying(true);
  }
  return (
    <div className="row">
      <button type="button" className="button button-plain button-small" aria-pressed={playing} onClick={() => (playing ? stop.current() : play())}>
        {playing ? _("Stop") : _("Hear the section with clicks")}
      </button>
      <button type="button" className="button button-bare button-small" aria-pressed={looped} onClick={() => setLooped(!looped)}>{looped ? _("Play it once") : _("Loop it")}</button>
      <button type="button" className="button button-bare button-small" onClick={onFirstSound}>{_("Bar 1 on the first sound")}</button>
      <span className="quiet small">{_("Drag the lower picture until the beats sit on the lines.")}</span>
    </div>
  );
}
