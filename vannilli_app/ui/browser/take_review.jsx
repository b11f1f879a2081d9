/** The takes: a strip to choose from, one to look at, or all of them side by side, with the track. */
import { useEffect, useRef, useState } from "react";
import { lengthOf } from "./clicks.js";
import { useObjectUrl } from "./object_url.js";
import { beginningOf, Playback } from "./playback.js";
import { _ } from "./words.js";

/** @typedef {import("./local_files.js").Take} Take @typedef {import("./recorder.jsx").Performed} Performed */

/**
 * One take, or several beside each other, against the track where this browser holds it, else with its own sound.
 * @param {{takes: Take[], project: Performed, onChoose?: (id: number) => void}} props
 */
export function TakeReview({ takes, project, onChoose }) {
  const playback = usePlayback(project);
  const [playing, setPlaying] = useState(false);
  const toggle = () => {
    if (playing) playback.stop();
    else playback.play();
    setPlaying(!playing);
  };
  const several = takes.length > 1;
  return (
    <section className={several ? "takes-beside" : "camera"} data-phase="review" aria-label={several ? _("Your takes, side by side") : _("Your take")}>
      {takes.map((take) => (
        <Picture key={take.id} take={take} playback={playback} onChoose={several ? () => onChoose(take.id) : undefined} />
      ))}
      {playback && (
        <button type="button" className="button button-main review-play" aria-pressed={playing} onClick={toggle}>
          {playing ? _("Stop") : _("Play with the track")}
        </button>
      )}
    </section>
  );
}

function usePlayback({ track, from, tempo }) {
  const [playback, setPlayback] = useState(null);
  useEffect(() => {
    if (!track) return undefined;
    const made = new Playback({ track, from, length: lengthOf(tempo, Number(tempo.bars)) });
    setPlayback(made);
    return () => made.stop();
  }, [track]);
  return playback;
}

function Picture({ take, playback, onChoose }) {
  const url = useObjectUrl(take.blob);
  const video = useRef(null);
  const begins = beginningOf(take);
  useEffect(() => {
    const shown = video.current;
    if (!shown || !playback) return undefined;
    playback.show(shown, begins);
    return () => playback.hide(shown);
  }, [playback, url, begins]);
  const picture = url && (
    <video
      ref={video}
      className="camera-picture"
      src={url}
      poster={take.poster || undefined}
      muted={Boolean(playback)}
      controls={!playback}
      autoPlay={!playback}
      playsInline
      preload="auto"
      aria-label={_("Take {number}", { number: take.number })}
      onLoadedMetadata={(event) => { event.currentTarget.currentTime = Math.max(0, begins); }}
    />
  );
  if (!onChoose) return picture || null;
  return (
    <button type="button" className="take-beside" onClick={onChoose} aria-label={_("Choose take {number}", { number: take.number })}>
      {picture}
      <span className="small figures">{_("Take {number}", { number: take.number })}</span>
    </button>
  );
}

/**
 * @param {{takes: Take[], chosen: number | "all" | null, onChoose: (chosen: number | "all" | null) => void}} props
 */
export function Takes({ takes, chosen, onChoose }) {
  if (!takes.length) return null;
  return (
    <div className="stack-tight">
      <ol className="takes" aria-label={_("Takes")}>
        {takes.map((take) => (
          <li key={take.id}>
            <button type="button" className="take" aria-pressed={take.id === chosen} onClick={() => onChoose(take.id === chosen ? null : take.id)}>
              {take.poster ? <img src={take.poster} alt="" /> : <span className="take-file small">{take.name ? _("File") : ""}</span>}
              <span className="small figures">{_("Take {number}", { number: take.number })}</span>
            </button>
          </li>
        ))}
      </ol>
      {takes.length > 1 && (
        <button type="button" className="button button-plain button-small" aria-pressed={chosen === "all"} onClick={() => onChoose(chosen === "all" ? null : "all")}>
          {_("Side by side")}
        </button>
      )}
    </div>
  );
}
