/** The camera page: perform to the track, keep takes, choose one, send it, and the video is being made. */
import { useEffect, useId, useState } from "react";
import { api } from "./api.js";
import { CameraStage } from "./camera_stage.jsx";
import { lengthOf } from "./clicks.js";
import { dropTake, keepTake, keepTiming, ownFile, takesOf } from "./local_files.js";
import { keepLyrics, keptLyrics } from "./prompter.js";
import { SendTake } from "./send_take.jsx";
import { TakeReview, Takes } from "./take_review.jsx";
import { setTempo } from "./tempo.js";
import { decode } from "./track.js";
import { objection } from "./upload.js";
import { _ } from "./words.js";

const MOST_BESIDE = 4; // more than that no phone decodes at once

/**
 * What is performed: the section, and the track where this browser holds it. `from`: where in the track the section
 * starts, in seconds.
 * @typedef {{id: string, name: string, aspect: string, tempo: import("./music.js").Tempo, from: number,
 *   hasImage: boolean, hasAudio: boolean, track?: AudioBuffer}} Performed
 */

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
  const [lyrics, setLyrics] = useLyrics(project.id);
  const take = takes.list.find(({ id }) => id === chosen) ?? null;
  const shown = chosen === "all" ? takes.list.slice(-MOST_BESIDE) : take ? [take] : [];

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
    else if (file) keep({ blob: file, offset: 0, latency: 0, seconds: 0, poster: "", name: file.name });
  };
  return (
    <div className="performance" style={{ "--aspect": project.aspect.replace(":", " / ") }}>
      <h1 className="for-screen-readers">{_("Perform {song}", { song: project.name })}</h1>
      {shown.length ? (
        <TakeReview key={chosen} takes={shown} project={project} onChoose={setChosen} />
      ) : (
        <CameraStage project={project} lyrics={lyrics} onTaken={keep} onBrought={brought} accept={limit.types} />
      )}
      <div className="performance-side">
        <Takes takes={takes.list} chosen={chosen} onChoose={setChosen} />
        <div aria-live="polite">{said && <p className="message message-error">{said}</p>}</div>
        {take ? (
          <SendTake key={take.id} project={project} take={take} form={form} next={next} onStarted={onStarted} onTiming={(timing) => takes.time(take.id, timing)} onAgain={() => setChosen(null)} onDelete={() => { takes.remove(take.id); setChosen(null); }} />
        ) : chosen === "all" ? (
          <p className="quiet small">{_("Tap the one that you like best.")}</p>
        ) : (
          <>
            <Lyrics lyrics={lyrics} onChange={setLyrics} />
            <p className="quiet small">{_("Wear headphones if you can. Takes stay in this browser until you send one.")}</p>
          </>
        )}
      </div>
    </div>
  );
}

function Lyrics({ lyrics, onChange }) {
  const id = useId();
  return (
    <details className="fold">
      <summary>{_("Lyrics to read along")}</summary>
      <div className="field">
        <label htmlFor={id}>{_("One line after the other; they are spread evenly over the bars.")}</label>
        <textarea id={id} className="input" rows={5} maxLength={4000} value={lyrics} onChange={(event) => onChange(event.target.value)} />
      </div>
    </details>
  );
}

function useLyrics(project) {
  const [lyrics, setLyrics] = useState("");
  useEffect(() => setLyrics(project ? keptLyrics(project) : ""), [project]);
  return [lyrics, (changed) => { setLyrics(changed); keepLyrics(project, changed); }];
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
  const numbered = list.map((take, index) => ({ ...take, number: index + 1 }));
  return {
    list: numbered,
    /** Note when in a take the section begins, as it was heard or nudged. */
    time(id, timing) {
      const { heard, nudge } = { ...list.find((take) => take.id === id), ...timing };
      setList((earlier) => earlier.map((take) => (take.id === id ? { ...take, heard, nudge } : take)));
      if (id > 0) keepTiming(id, { heard, nudge });
    },
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

