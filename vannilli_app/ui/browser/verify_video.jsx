/** Drop a video, and read what it proves of its making. */
import { useRef, useState } from "react";
import { megabytes } from "./upload.js";
import { N_, _, language } from "./words.js";

const KINDS = "video/mp4,video/quicktime,image/gif,image/jpeg,image/png,image/webp";
const OFFLINE = N_("The connection broke off. Check it and try again.");
const BROKEN = N_("Something went wrong on our side. Try again in a moment.");
const DETAILS = [
  ["signed_by", N_("Signed by")],
  ["made_with", N_("Made with")],
  ["made_at", N_("Made at")],
  ["stamped_at", N_("Time stamp")],
  ["digital_source_type", N_("IPTC says")],
];

export function VerifyVideo({ mostBytes }) {
  const [state, setState] = useState({});
  const [over, setOver] = useState(false);
  const running = useRef(null);

  function check(file) {
    if (!file) return;
    running.current?.abort();
    if (file.size > mostBytes) {
      setState({ name: file.name, said: _("This file is {size}. It may have {most} at most.", { size: megabytes(file.size), most: megabytes(mostBytes) }) });
      return;
    }
    setState({ name: file.name, sent: 0 });
    running.current = send(file, (sent) => setState({ name: file.name, sent }), (end) => setState({ name: file.name, ...end }));
  }

  const { name, sent, said, finding } = state;
  const busy = sent !== undefined;
  return (
    <div className="stack">
      <label
        className="drop"
        data-over={over ? "" : undefined}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); check(event.dataTransfer.files[0]); }}
      >
        <input type="file" accept={KINDS} className="drop-input" aria-label={_("A video to check")} onChange={(event) => { check(event.target.files[0]); event.target.value = ""; }} />
        <b>{busy ? (sent < 1 ? _("Sending {percent} %", { percent: Math.round(sent * 100) }) : _("Reading it")) : _("Drop a video here, or choose one")}</b>
        <span className="quiet small">{_("MP4, GIF, JPEG, PNG or WebP, up to {most}. It is deleted at once.", { most: megabytes(mostBytes) })}</span>
      </label>
      <div role="status" className="verdict-place">
        {finding && <Verdict name={name} finding={finding} />}
        {!finding && !said && <p className="verdict-empty small">{_("Here you will read who signed it, when, and whether it was changed since.")}</p>}
        {said && <p className="message message-error">{said}</p>}
      </div>
    </div>
  );
}

function Verdict({ name, finding }) {
  const told = DETAILS.filter(([key]) => finding[key]);
  return (
    <article className="verdict" data-proof={finding.proof}>
      <h2>{finding.title}</h2>
      <p className="small quiet verdict-file">{name}</p>
      {finding.sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
      {told.length > 0 && (
        <dl className="verdict-facts small">
          {told.map(([key, word]) => <div key={key}><dt className="quiet">{_(word)}</dt><dd>{key.endsWith("_at") ? day(finding[key]) : finding[key]}</dd></div>)}
        </dl>
      )}
    </article>
  );
}

function day(written) {
  const time = new Date(written);
  return Number.isNaN(time.valueOf()) ? written : time.toLocaleString(language(), { dateStyle: "long", timeStyle: "short" });
}

/** XMLHttpRequest, since fetch tells nothing about how far an upload is. */
function send(file, onSent, onEnd) {
  const request = new XMLHttpRequest();
  request.open("POST", "/api/verify-video");
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("accept-language", language());
  request.responseType = "json";
  request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
  request.onload = () => onEnd(request.status < 300 ? { finding: request.response } : { said: request.response?.detail ?? _(BROKEN) });
  request.onerror = () => onEnd({ said: _(OFFLINE) });
  request.send(file);
  return request;
}
