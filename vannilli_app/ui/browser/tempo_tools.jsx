/** What makes and hears tempo: the metronome, and the tempo of a file that stays on this device. */
import { useEffect, useRef, useState } from "react";
import { samplesOf, sureness, tempoOf } from "./guess.js";
import { metronome } from "./metronome.js";
import * as music from "./music.js";
import { intoRange } from "./taps.js";
import { setTempo, strike, useTempo } from "./tempo.js";
import { _, number } from "./words.js";

const COUNT_INS = [0, 1, 2];

export function Metronome() {
  const tempo = useTempo();
  const [countIn, setCountIn] = useState(1);
  const [beat, setBeat] = useState(null);
  const [failed, setFailed] = useState("");
  const running = useRef(null);
  const playing = running.current !== null;

  useEffect(() => { if (running.current && !music.refusal(tempo)) running.current.clicks.change(tempo); }, [tempo]);
  useEffect(() => stop, []);

  async function start() {
    if (playing) return;
    setFailed("");
    try {
      const context = new AudioContext();
      running.current = { context };
      await context.resume();
      running.current.clicks = metronome(context, tempo, { countIn, onBeat: (sounding) => { strike(); setBeat(sounding); } });
      setBeat({ bar: -countIn, beat: -1, countIn: countIn > 0 });
    } catch {
      running.current = null;
      setFailed(_("This browser gives no sound here. Allow sound for this page, and try again."));
    }
  }

  function stop() {
    running.current?.clicks?.stop();
    running.current?.context.close();
    running.current = null;
    setBeat(null);
  }

  return (
    <div className="stack">
      <div className="row">
        <button type="button" className="button button-main" disabled={Boolean(music.refusal(tempo))} onClick={playing ? stop : start}>{playing ? _("Stop") : _("Play the click")}</button>
        <div className="choices" role="group" aria-label={_("Bars of count-in")}>
          {COUNT_INS.map((bars) => (
            <button key={bars} type="button" className="choice" aria-pressed={countIn === bars} disabled={playing} onClick={() => setCountIn(bars)}>
              {bars ? music.countedBars(bars) : _("no count-in")}
            </button>
          ))}
        </div>
      </div>
      <p className="beat-count figures" role="status">{beat ? counted(beat) : _("Clicks run on the audio clock; the first beat of a bar is higher.")}</p>
      {failed && <p className="message message-error" role="alert">{failed}</p>}
    </div>
  );
}

const counted = ({ bar, beat, countIn }) => (beat < 0 ? _("Here it comes") : countIn ? _("Count-in: {beat}", { beat: beat + 1 }) : _("Bar {bar}, beat {beat}", { bar: bar + 1, beat: beat + 1 }));

export function TempoGuess() {
  const [state, setState] = useState({});
  const [over, setOver] = useState(false);

  async function hear(file) {
    if (!file) return;
    setState({ name: file.name, busy: true });
    try {
      const samples = await samplesOf(await file.arrayBuffer());
      const guess = tempoOf(samples);
      setState({ name: file.name, guess, said: guess ? "" : _("There is no beat to hear in it, or it is shorter than four seconds. Tap the tempo instead.") });
      if (guess) setTempo({ bpm: String(intoRange(guess.bpm)) });
    } catch {
      setState({ name: file.name, said: _("This browser cannot read the file. An MP3, WAV, M4A, FLAC or OGG file works in most.") });
    }
  }

  const { name, busy, guess, said } = state;
  return (
    <div className="stack">
      <label
        className="drop"
        data-over={over ? "" : undefined}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); hear(event.dataTransfer.files[0]); }}
      >
        <input type="file" accept="audio/*,video/*" className="drop-input" aria-label={_("A track to hear the tempo of")} onChange={(event) => hear(event.target.files[0])} />
        <b>{busy ? _("Listening") : _("Drop a track here, or choose one")}</b>
        <span className="quiet small">{_("It never leaves this device.")}</span>
      </label>
      <div role="status">
        {guess && (
          <div className="row">
            <span>{name}: <b className="figures">{number(guess.bpm)} BPM</b>, {sureness(guess.confidence)}.</span>
            <div className="choices" role="group" aria-label={_("The octave of the tempo")}>
              {[[_("half"), guess.bpm / 2], [_("as heard"), guess.bpm], [_("double"), guess.bpm * 2]].map(([word, bpm]) => {
                const value = String(Math.round(bpm * 1000) / 1000);
                return <button key={word} type="button" className="choice" disabled={bpm < music.MIN_BPM || bpm > music.MAX_BPM} onClick={() => setTempo({ bpm: value })}>{number(value)} <span className="choice-more">{word}</span></button>;
              })}
            </div>
          </div>
        )}
        {said && <p>{name}: {said}</p>}
      </div>
    </div>
  );
}
