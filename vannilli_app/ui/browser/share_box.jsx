/** The calculator elsewhere: its link, and the line that puts it into another page. */
import { useEffect, useState } from "react";
import { withTempo } from "./address.js";
import { refusal } from "./music.js";
import { useTempo } from "./tempo.js";
import { _, language } from "./words.js";

const FRAME_HEIGHT = 520; // until the frame says its own

/** @param {{here: string, embed: string}} props paths of the calculator and of its page for frames */
export function ShareBox({ here, embed }) {
  const tempo = useTempo();
  const [origin, setOrigin] = useState("");
  useEffect(() => setOrigin(location.origin), []);
  if (refusal(tempo)) return null;
  const link = origin + withTempo(here, tempo);
  const frame = origin + withTempo(embed, tempo);
  const back = `<a href="${escaped(link)}">${_("Tempo calculator by Vannilli")}</a>`;
  const given = new URL(frame, "https://vannilli.invalid").search;
  return (
    <div className="stack">
      <Line label={_("Link")} text={link} />
      <Line label={_("One line for your page, as tall as it needs to be")} text={`<script async src="${origin}/embed.js" data-tempo="${escaped(given)}"${language() === "en" ? "" : ` data-language="${language()}" data-title="${_("Tempo calculator")}"`}></script>${back}`} />
      <Line label={_("Or without a script")} text={`<iframe src="${escaped(frame)}" title="${_("Tempo calculator")}" width="100%" height="${FRAME_HEIGHT}" style="border:0" loading="lazy"></iframe>${back}`} />
    </div>
  );
}

const escaped = (text) => text.replaceAll("&", "&amp;");

function Line({ label, text }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  }
  return (
    <div className="field">
      <span className="label">{label}</span>
      <div className="share-line">
        <input className="input" readOnly aria-label={label} value={text} onFocus={(event) => event.target.select()} />
        <button type="button" className="button button-plain" onClick={copy}>{copied ? _("Copied") : _("Copy")}</button>
      </div>
    </div>
  );
}
