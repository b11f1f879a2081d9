/** The camera page: perform to the track, keep takes, choose one, send it, and the video is being made. */
import { useEffect, useRef, useState } from "react";
import { api } from "./api.js";
import { BarGrid } from "./bar_grid.jsx";
import { Capture, explained, openCamera, recordingFormat } from "./capture.js";
import { lengthOf } from "./clicks.js";
import { fingerprint } from "./device.js";
import { dropTake, keepTake, ownFile, takesOf } from "./local_files.js";
import { countedBars } from "./music.js";
import { useObjectUrl } from "./object_url.js";
import { drawnBeats, setTempo } from "./tempo.js";
import { decode } from "./track.js";
import { objection, upload } from "./upload.js";
import { _, number } from "./words.js";

/**
 * @param {object} props
 * @param {import("./upload.js").Limit} props.limit    of a performance
 * @param {string} props.form      the page of the draft's form
 * @param {string} props.next      the page that shows how the video is getting on
 * @param {(generationId: string) => void} [props.onStarted]
 */
export function Recorder({ limit, form, next, onStarted }) {
  const project = useProject();
  const takes = useTakes(project.id);
  const [chosen, setChosen] = useState(null);
  const [said, setSaid] = useState("");
  const take = takes.list.find(({ id }) => id === chosen) ?? null;

  if (project.sentence) return <section className="empty stack"><h1>{project.sentence}</h1><a className="button button-main" href={form}>{_("Begin a new one")}</a></section>;
  if (!project.tempo) return <p className="waiting quiet" role="status">{_("Setting up the stage")}</p>;

  async function keep(made) {
    setSaid("");
    const kept = await takes.add(made);
    setChosen(kept.id);
    if (kept.sentence) setSaid(kept.sentence);
  }
  const brought = (file) => {
    const wrong = file && objection(file, limit);
    if (wrong) setSaid(wrong);
    else if (file) keep({ blob: file, offset: 0, seconds: 0, poster: "", name: file.name });
  };
  return (
    <div className="performance">
      <h1 className="for-screen-readers">{_("Perform {song}", { song: project.name })}</h1>
      {take ? (
        <Review key={take.id} take={take} aspect={project.aspect} />
      ) : (
        <Stage project={project} onTaken={keep} onBrought={brought} accept={limit.types} />
      )}
      <div className="performance-side">
        <Takes takes={takes.list} chosen={chosen} onChoose={setChosen} />
        <div aria-live="polite">{said && <p className="message message-error">{said}</p>}</div>
        {take ? (
          <Send key={take.id} project={project} take={take} form={form} next={next} onStarted={onStarted} onAgain={() => setChosen(null)} onDelete={() => { takes.remove(take.id); setChosen(null); }} />
        ) : (
          <p className="quiet small">{_("Wear headphones if you can. Takes stay in this browser until you send one.")}</p>
        )}
      </div>
    </div>
  );
}

/** The project that the address names, with its track where this browser holds it. */
function useProject() {
  const [project, setProject] = useState({});
  useEffect(() => {
    let wanted = true;
    const show = (found) => wanted && setProject(found);
    const id = new URLSearchParams(location.search).get("project");
    async function load() {
      if (!id) return show({ sentence: _("No video is chosen.") });
      try {
        const found = await api("GET", `/api/projects/${id}`);
        const tempo = { bpm: String(found.bpm), bars: String(found.bars), timeSignature: found.time_signature, beatUnit: found.beat_unit };
        const loaded = {
          id, tempo, name: found.track_name, aspect: found.aspect, hasImage: found.has_image, hasAudio: found.has_audio,
          from: found.bar_one_seconds + (found.section_start_bar - 1) * lengthOf(tempo, 1),
        };
        setTempo(tempo);
        show(loaded);
        const file = await ownFile(id, "audio");
        if (file) show({ ...loaded, track: await decode(file).catch(() => undefined) });
      } catch (problem) {
        show({ sentence: problem.message });
      }
      return undefined;
    }
    load();
    return () => { wanted = false; };
  }, []);
  return project;
}

function useTakes(project) {
  const [list, setList] = useState([]);
  useEffect(() => {
    let wanted = true;
    if (project) takesOf(project).then((found) => wanted && setList(found), () => {});
    return () => { wanted = false; };
  }, [project]);
  return {
    list,
    async add(made) {
      const take = { ...made, project, made: Date.now() };
      let kept;
      try {
        kept = await keepTake(take);
      } catch {
        kept = { ...take, id: -Date.now(), sentence: _("This browser has no room left, so this take is lost when the page closes. Send it now, or delete others.") };
      }
      setList((earlier) => [...earlier, kept]);
      return kept;
    },
    remove(id) {
      setList((earlier) => earlier.filter((take) => take.id !== id));
      if (id > 0) dropTake(id);
    },
  };
}

const FACINGS = { user: "environment", environment: "user" };

function Stage({ project, onTaken, onBrought, accept }) {
  const [phase, setPhase] = useState("off"); // off, asking, ready, running
  const [sentence, setSentence] = useState("");
  const [facing, setFacing] = useState("user");
  const [withClicks, setWithClicks] = useState(true);
  const [place, setPlace] = useState(null);
  const video = useRef(null);
  const meter = useRef(null);
  const file = useRef(null);
  const capture = useRef(null);
  const latest = useRef({});
  latest.current = { onTaken };

  useEffect(() => () => capture.current?.destroy(), []);

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
      made.on("silence", () => setSentence(_("We cannot hear you. Is the microphone covered or switched off?")));
      made.on("lost", (lost) => { setSentence(lost.sentence); setPhase("ready"); setPlace(null); });
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
  const canRecord = recordingFormat() !== null;

  return (
    <section className="camera" data-phase={phase} style={{ "--aspect": project.aspect.replace(":", " / ") }} aria-label={_("Camera")}>
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
          {counting && <p className="count" aria-live="assertive" key={place.beat}>{place.beat < 0 ? "" : place.beat + 1}</p>}
          <div className="camera-controls">
            {counting ? (
              <BarGrid mode="count-in" bars={1} done={(place.beat + 1) / count} timeSignature={project.tempo.timeSignature} beatUnit={project.tempo.beatUnit} label={_("Count-in")} />
            ) : (
              <BarGrid mode="ruler" bars={bars} done={done} timeSignature={project.tempo.timeSignature} beatUnit={project.tempo.beatUnit} label={_("Bars performed")} valueText={_("bar {bar} of {bars}", { bar: Math.floor(done), bars: number(bars) })} />
            )}
            <div className="camera-row">
              <button type="button" className="choice" aria-pressed={withClicks} disabled={phase === "running"} onClick={() => setWithClicks(!withClicks)}>{_("Clicks")}</button>
              {phase === "running" ? (
                <button type="button" className="shutter" data-running="" aria-label={_("Stop and drop this take")} onClick={cancel} />
              ) : (
                <button type="button" className="shutter" aria-label={_("Record a take")} onClick={perform} />
              )}
              <button type="button" className="choice" disabled={phase === "running"} aria-label={_("Flip to the other camera")} onClick={() => turnOn(FACINGS[facing])}>{_("Flip")}</button>
            </div>
          </div>
        </>
      )}
      <div className="camera-said" aria-live="assertive">
        {sentence && <p className="message message-error">{sentence}</p>}
        {!sentence && phase === "ready" && project.hasAudio && !project.track && <p className="message">{_("Your track is not in this browser, so you hear clicks only.")}</p>}
      </div>
    </section>
  );
}

function Review({ take, aspect }) {
  const url = useObjectUrl(take.blob);
  return (
    <section className="camera" data-phase="review" style={{ "--aspect": aspect.replace(":", " / ") }} aria-label={_("Your take")}>
      {url && (
        <video
          className="camera-picture"
          src={url}
          poster={take.poster || undefined}
          controls
          autoPlay
          playsInline
          aria-label={_("Your take")}
          onLoadedMetadata={(event) => { event.currentTarget.currentTime = take.offset; }}
        />
      )}
    </section>
  );
}

function Takes({ takes, chosen, onChoose }) {
  if (!takes.length) return null;
  return (
    <ol className="takes" aria-label={_("Takes")}>
      {takes.map((take, index) => (
        <li key={take.id}>
          <button type="button" className="take" aria-pressed={take.id === chosen} onClick={() => onChoose(take.id === chosen ? null : take.id)}>
            {take.poster ? <img src={take.poster} alt="" /> : <span className="take-file small">{take.name ? _("File") : ""}</span>}
            <span className="small figures">{_("Take {number}", { number: index + 1 })}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

let sent = null; // the take that the server has last, so that a second try does not send it again

function Send({ project, take, form, next, onStarted, onAgain, onDelete }) {
  const [attested, setAttested] = useState(false);
  const [step, setStep] = useState({ at: "idle" });
  const running = useRef(null);
  const said = useRef(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => { if (step.sentence) said.current.scrollIntoView({ block: "nearest" }); }, [step]);

  async function send() {
    if (!attested) return setStep({ at: "failed", sentence: _("Confirm first that you have the rights to this track and picture.") });
    if (!project.hasImage) return setStep({ at: "failed", sentence: _("There is no picture yet of who performs."), toForm: true });
    const abort = (running.current = new AbortController());
    setStep({ at: "sending", done: 0 });
    try {
      if (sent?.take !== take.id) {
        const { assetId, findings } = await upload({
          project: project.id, kind: "driver_video", file: take.blob, offset: take.name ? undefined : take.offset, signal: abort.signal,
          onProgress: (done) => setStep({ at: "sending", done }),
        });
        const wrong = findings.find((finding) => finding.severity === "error");
        if (wrong) return setStep({ at: "failed", sentence: wrong.detail });
        sent = { take: take.id, key: assetId };
      }
      setStep({ at: "starting" });
      const { generation_id } = await api("POST", "/api/start-generation", { project_id: project.id, rights_attested: true, provider: "local", device_fingerprint: await fingerprint() }, { headers: { "idempotency-key": sent.key } });
      onStarted?.(generation_id);
      location.assign(`${next}?generation=${generation_id}`);
    } catch (problem) {
      if (problem.name === "AbortError") return setStep({ at: "idle" });
      const toForm = ["asset_missing", "asset_invalid"].includes(problem.code);
      setStep({ at: "failed", sentence: problem.extra?.findings?.[0]?.detail ?? problem.message, toForm });
    }
    return undefined;
  }

  const busy = step.at === "sending" || step.at === "starting";
  return (
    <div className="stack">
      {busy ? (
        <div className="stack-tight" role="status">
          <p className="label figures">{step.at === "starting" ? _("Looking at your take") : _("Sending your take, {percent} %", { percent: Math.round(step.done * 100) })}</p>
          <div className="meter"><span style={{ "--done": step.at === "starting" ? 1 : step.done }} /></div>
          {step.at === "sending" && <button type="button" className="button button-bare button-small" onClick={() => running.current.abort()}>{_("Cancel")}</button>}
        </div>
      ) : (
        <>
          <label className="check">
            <input type="checkbox" checked={attested} onChange={(event) => setAttested(event.target.checked)} />
            <span>{_("I have the rights to this track and this picture.")}</span>
          </label>
          <button type="button" className="button button-main button-wide" onClick={send}>{_("Make the draft, free")}</button>
          <div className="row">
            <button type="button" className="button button-plain button-small" onClick={onAgain}>{_("Another take")}</button>
            <button type="button" className="button button-bare button-small" onClick={onDelete}>{_("Delete this one")}</button>
          </div>
        </>
      )}
      <div ref={said} aria-live="assertive">
        {step.sentence && <p className="message message-error"><span>{step.sentence} {step.toForm && <a href={`${form}?project=${project.id}`}>{_("Back to the form")}</a>}</span></p>}
      </div>
    </div>
  );
}
