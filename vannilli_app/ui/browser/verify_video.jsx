/** Drop a video, and read what it proves of its making. */
import { useRef, useState } from "react";
import { megabytes } from "./upload.js";

const KINDS = "video/mp4,video/quicktime,image/gif,image/jpeg,image/png,image/webp";
const OFFLINE = "The connection broke off. Check it and try again.";
const BROKEN = "Something went wrong on our side. Try again in a moment.";
const DETAILS = [
  ["signed_by", "Signed by"],
  ["made_with", "Made with"],
  ["made_at", "Made at"],
  ["stamped_at", "Time stamp"],
  ["digital_source_type", "IPTC says"],
];

export function VerifyVideo({ mostBytes }) {
  const [state, setState] = useState({});
  const [over, setOver] = useState(false);
  const running = useRef(null);

  function check(file) {
    if (!file) return;
    running.current?.abort();
    if (file.size > mostBytes) {
      setState({ name: file.name, said: `This file is ${megabytes(file.size)}. It may have ${megabytes(mostBytes)} at most.` });
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
        <input type="file" accept={KINDS} className="drop-input" aria-label="A video to check" onChange={(event) => { check(event.target.files[0]); event.target.value = ""; }} />
        <b>{busy ? (sent < 1 ? `Sending ${Math.round(sent * 100)} %` : "Reading it") : "Drop a video here, or choose one"}</b>
        <span className="quiet small">MP4, GIF, JPEG, PNG or WebP, up to {megabytes(mostBytes)}. It is deleted at once.</span>
      </label>
      <div role="status" className="verdict-place">
        {finding && <Verdict name={name} finding={finding} />}
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
          {told.map(([key, word]) => <div key={key}><dt className="quiet">{word}</dt><dd>{key.endsWith("_at") ? day(finding[key]) : finding[key]}</dd></div>)}
        </dl>
      )}
    </article>
  );
}

function day(written) {
  const time = new Date(written);
  return Number.isNaN(time.valueOf()) ? written : time.toLocaleString([], { dateStyle: "long", timeStyle: "short" });
}

/** XMLHttpRequest, since fetch tells nothing about how far an upload is. */
function send(file, onSent, onEnd) {
  const request = new XMLHttpRequest();
  request.open("POST", "/api/verify-video");
  request.setRequestHeader("content-type", "application/octet-stream");
  request.responseType = "json";
  request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
  request.onload = () => onEnd(request.status < 300 ? { finding: request.response } : { said: request.response?.detail ?? BROKEN });
  request.onerror = () => onEnd({ said: OFFLINE });
  request.send(file);
  return request;
}
