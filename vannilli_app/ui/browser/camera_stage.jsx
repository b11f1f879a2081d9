/** The camera, what one sees and hears while performing, and the button that records a take. */
import { useEffect, useRef, useState } from "react";
import { BarGrid } from "./bar_grid.jsx";
import { Capture, explained, openCamera, recordingFormat } from "./capture.js";
import { countedBars } from "./music.js";
import { lineAt, linesOf } from "./prompter.js";
import { drawnBeats } from "./tempo.js";
import { _, number } from "./words.js";

const FACINGS = { user: "environment", environment: "user" };

/**
 * @param {object} props
 * @param {import("./recorder.jsx").Performed} props.project
 * @param {(take: object) => void} props.onTaken
 * @param {(file: File | undefined) => void} props.onBrought
 * @param {string} props.lyrics
 * @param {string[]} props.accept  types of files that may be brought instead
 */
export function CameraStage({ project, lyrics, onTaken, onBrought, accept }) {
  const [phase, setPhase] = useState("off"); // off, asking, ready, running
  const [sentence, setSentence] = useState("");
  const [facing, setFacing] = useState("user");
  const [withClicks, setWithClicks] = useState(true);
  const [withGuides, setWithGuides] = useState(false);
  const [silent, setSilent] = useState(false);
  const [place, setPlace] = useState(null);
  const stage = useRef(null);
  const video = useRef(null);
  const shutter = useRef(null);
  const meter = useRef(null);
  const file = useRef(null);
  const capture = useRef(null);
  const latest = useRef({});
  latest.current = { onTaken };

  useEffect(() => () => capture.current?.destroy(), []);
  useEffect(() => { if (phase === "ready") shutter.current?.focus({ preventScroll: true }); }, [phase]);
  // All of the picture, and what is said over it, wherever the page was scrolled to.
  useEffect(() => { if (sentence || phase === "ready" || phase === "running") stage.current.scrollIntoView({ block: "nearest" }); }, [phase, sentence]);
  useEffect(() => {
    if (phase !== "running") return undefined;
    const onKey = (event) => { if (event.key === "Escape") cancel(); };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [phase]);

  async function turnOn(side) {
    capture.current?.destroy();
    capture.current = null;
    setPhase("asking");
    setSentence("");
    try {
      const stream = await openCamera(side);
      if (!video.current) return stream.getTracks().forEach((track) => track.stop());
      video.current.srcObject = stream;
      const made = (capture.current = new Capture(stream, video.current));
      made.on("level", ({ level }) => meter.current?.style.setProperty("--done", level.toFixed(3)));
      made.on("silence", (now) => setSilent(now.silent));
      made.on("lost", (lost) => { setSentence(lost.sentence); setPhase("ready"); setPlace(null); });
      made.on("gone", (gone) => { made.destroy(); setSentence(gone.sentence); setPhase("off"); setPlace(null); });
      made.on("taken", (take) => latest.current.onTaken(take));
      made.on("position", (now) => setPlace((before) => (before?.bar === now.bar && before?.beat === now.beat ? before : now)));
      setFacing(side);
      setPhase("ready");
    } catch (error) {
      setSentence(explained(error));
      setPhase("off");
    }
    return undefined;
  }

  function perform() {
    setSentence("");
    setSilent(false);
    setPlace({ bar: -1, beat: -1 });
    setPhase("running");
    capture.current.perform({ tempo: project.tempo, track: project.track, from: project.from, withClicks });
  }

  function cancel() {
    capture.current.cancel();
    setPlace(null);
    setPhase("ready");
  }

  const { count } = drawnBeats(project.tempo.timeSignature, project.tempo.beatUnit);
  const bars = Number(project.tempo.bars);
  const counting = place && place.bar < 0;
  const done = place && !counting ? Math.min(bars, place.bar + (place.beat + 1) / count) : 0;
  const lines = linesOf(lyrics);
  const canRecord = recordingFormat() !== null;

  return (
    <section className="camera" ref={stage} data-phase={phase} aria-label={_("Camera")}>
      <video ref={video} className="camera-picture" data-mirrored={facing === "user" ? "" : undefined} autoPlay playsInline muted aria-label={_("You, as in a mirror")} />
      {phase === "off" || phase === "asking" ? (
        <div className="camera-cover stack">
          <h2>{_("Perform {bars} at {bpm}", { bars: countedBars(project.tempo.bars), bpm: number(project.tempo.bpm) })}</h2>
          <p className="quiet">{_("One bar of count-in, then the section. Nothing leaves this device until you send a take.")}</p>
          {canRecord && <button type="button" className={`button button-main${phase === "asking" ? " busy" : ""}`} onClick={() => turnOn(facing)} disabled={phase === "asking"}>{_("Turn the camera on")}</button>}
          <button type="button" className="button button-bare" onClick={() => file.current.click()}>{_("Bring a video instead")}</button>
          <input ref={file} hidden type="file" accept={accept.join(",")} onChange={(event) => { onBrought(event.target.files[0]); event.target.value = ""; }} />
        </div>
      ) : (
        <>
          <div className="camera-top">
            <span className="small">{_("Mic")}</span>
            <span className="meter" ref={meter} role="img" aria-label={_("Level of the microphone")}><span style={{ transitionDuration: "100ms" }} /></span>
            {phase === "running" && !counting && <span className="live figures">{_("Bar {bar} of {bars}", { bar: Math.min(Math.ceil(bars), Math.floor(place.bar) + 1), bars: number(project.tempo.bars) })}</span>}
          </div>
          {withGuides && <div className="guides" data-aspect={project.aspect} aria-hidden="true"><span className="small">{_("Apps cover what is outside")}</span></div>}
          {lines.length > 0 && <Prompter {...lineAt(lines, done, bars)} />}
          {counting && <p className="count" aria-live="assertive" key={place.beat}>{place.beat < 0 ? "" : place.beat + 1}</p>}
          <div className="camera-controls">
            {counting ? (
              <BarGrid mode="count-in" bars={1} done={(place.beat + 1) / count} timeSignature={project.tempo.timeSignature} beatUnit={project.tempo.beatUnit} label={_("Count-in")} />
            ) : (
              <BarGrid mode="ruler" bars={bars} done={done} timeSignature={project.tempo.timeSignature} beatUnit={project.tempo.beatUnit} label={_("Bars performed")} valueText={_("bar {bar} of {bars}", { bar: Math.floor(done), bars: number(bars) })} />
            )}
            <div className="camera-row">
              <div className="row">
                <button type="button" className="choice" aria-pressed={withClicks} disabled={phase === "running"} onClick={() => setWithClicks(!withClicks)}>{_("Clicks")}</button>
                <button type="button" className="choice" aria-pressed={withGuides} onClick={() => setWithGuides(!withGuides)}>{_("Guides")}</button>
              </div>
              {phase === "running" ? (
                <button type="button" className="shutter" data-running="" aria-label={_("Stop and drop this take")} onClick={cancel} />
              ) : (
                <button ref={shutter} type="button" className="shutter" aria-label={_("Record a take")} onClick={perform} />
              )}
              <button type="button" className="choice" disabled={phase === "running"} aria-label={_("Flip to the other camera")} onClick={() => turnOn(FACINGS[facing])}>{_("Flip")}</button>
            </div>
          </div>
        </>
      )}
      <div className="camera-said" aria-live="assertive">
        {sentence && <p className="message message-error">{sentence}</p>}
        {!sentence && silent && <p className="message">{_("We cannot hear you. Is the microphone covered or switched off?")}</p>}
        {!sentence && !silent && phase === "ready" && project.hasAudio && !project.track && <p className="message">{_("Your track is not in this browser, so you hear clicks only.")}</p>}
      </div>
    </section>
  );
}

/** Large enough to be read from where one performs. */
function Prompter({ now, next }) {
  return (
    <div className="prompter" role="region" aria-label={_("Lyrics")}>
      <p className="prompter-now">{now}</p>
      <p className="prompter-next">{next}</p>
    </div>
  );
}
