/** Several sections in a row with a total, and all that can be taken away: click track, tempo map, markers. */
import { useEffect, useState } from "react";
import { MOST_SECTIONS, rowsAsText, rowsIn } from "./address.js";
import { clickTrack } from "./click_wav.js";
import { auditionMarkers, reaperMarkers } from "./markers.js";
import { tempoMap } from "./midi.js";
import * as music from "./music.js";
import { timeline } from "./song.js";
import { useTempo } from "./tempo.js";
import { _, ngettext, number as decimal } from "./words.js";

/** @param {{longest: number}} props  the most seconds that one section may be made in */
export function SongRows({ longest }) {
  const tempo = useTempo();
  const [rows, setRows] = useState([]);
  useEffect(() => setRows(rowsIn(new URLSearchParams(location.search).get("row"))), []);

  function change(next) {
    setRows(next);
    const query = new URLSearchParams(location.search);
    const text = rowsAsText(next.filter((row) => music.section(row)));
    if (text) query.set("row", text);
    else query.delete("row");
    history.replaceState(history.state, "", `${location.pathname}?${String(query).replaceAll("%2C", ",")}`);
  }

  const song = timeline(rows.length ? rows : [tempo]);
  return (
    <div className="stack">
      {rows.length > 0 && (
        <ol className="song">
          {rows.map((row, index) => (
            <Row
              key={index}
              row={row}
              number={index + 1}
              onChange={(changed) => change(rows.map((one, i) => (i === index ? { ...one, ...changed } : one)))}
              onRemove={() => change(rows.filter((_, i) => i !== index))}
            />
          ))}
        </ol>
      )}
      <div className="row-apart">
        <button type="button" className="button button-plain" disabled={rows.length >= MOST_SECTIONS || Boolean(music.refusal(tempo))} onClick={() => change([...rows, tempo])}>
          {_("Add {bars} at {bpm}", { bars: music.countedBars(tempo.bars), bpm: decimal(tempo.bpm) })}
        </button>
        <p className="song-total figures" role="status">
          {rows.length ? ngettext("{n} section:", "{n} sections:", rows.length) : _("This section:")}{" "}
          <b>{decimal(music.written(song.seconds))} s</b>
          {rows.length > 0 && music.float(song.seconds) > longest && <span className="quiet"> {_("One video lasts at most {seconds} s.", { seconds: longest })}</span>}
        </p>
      </div>
      <Downloads song={song} />
    </div>
  );
}

function Row({ row, number, onChange, onRemove }) {
  const part = music.section(row);
  return (
    <li className="song-row">
      <span className="song-number figures">{number}</span>
      <label className="song-field"><span className="for-screen-readers">{_("Tempo of section {number}", { number })}</span><input className="input figures" inputMode="decimal" maxLength={7} value={row.bpm} aria-invalid={!part} onChange={(event) => onChange({ bpm: event.target.value.trim() })} /><span className="quiet small">BPM</span></label>
      <label className="song-field"><span className="for-screen-readers">{_("Bars of section {number}", { number })}</span><input className="input figures" inputMode="decimal" maxLength={4} value={row.bars} aria-invalid={!part} onChange={(event) => onChange({ bars: event.target.value.trim() })} /><span className="quiet small">{_("bars")}</span></label>
      <select className="input" aria-label={_("Time signature of section {number}", { number })} value={row.timeSignature} onChange={(event) => onChange({ timeSignature: event.target.value, beatUnit: "quarter" })}>
        {[...new Set([...music.SIGNATURES, row.timeSignature])].map((signature) => <option key={signature}>{signature}</option>)}
      </select>
      <span className="song-length figures">{part ? `${decimal(music.written(part.seconds))} s` : "–"}</span>
      <button type="button" className="choice" aria-label={_("Remove section {number}", { number })} onClick={onRemove}>×</button>
      {!part && <p className="field-error song-wrong">{music.refusal(row).message}</p>}
    </li>
  );
}

function Downloads({ song }) {
  const called = song.parts.length === 1 ? `${song.parts[0].tempo.bpm}-bpm-${song.parts[0].tempo.bars}-bars` : "song";
  const none = song.parts.length === 0;
  const files = [
    [_("Click track, 44.1 kHz"), "WAV", () => save(clickTrack(song, 44100), `${called}-click-44100.wav`, "audio/wav")],
    [_("Click track, 48 kHz"), "WAV", () => save(clickTrack(song, 48000), `${called}-click-48000.wav`, "audio/wav")],
    [_("Tempo map"), "MIDI", () => save(tempoMap(song), `${called}-tempo-map.mid`, "audio/midi")],
    [_("Markers for Audition"), "CSV", () => save(auditionMarkers(song), `${called}-markers-audition.csv`, "text/csv")],
    [_("Markers for Reaper"), "CSV", () => save(reaperMarkers(song), `${called}-markers-reaper.csv`, "text/csv")],
  ];
  return (
    <>
      <ul className="choices">
        {files.map(([name, kind, make]) => (
          <li key={name}><button type="button" className="choice" disabled={none} onClick={make}>{name} <span className="choice-more">{kind}</span></button></li>
        ))}
      </ul>
      <p className="quiet small">
        {_("Audition: Markers panel, Import (tab-separated Name, Start, Duration, Time Format, Type, Description). Reaper: Region/Marker Manager, Import (#, Name, Start, End, Length). Premiere Pro reads no marker list; lay the click track under the picture. The tempo map opens in any DAW that imports MIDI.")}
      </p>
    </>
  );
}

function save(content, name, type) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
