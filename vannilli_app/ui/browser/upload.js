/**
 * Files straight from the browser into the store: a promise from our API, then one PUT a part, with progress. What has
 * arrived is known there, so a lost network or a reload goes on where it stopped.
 */
import { api, Problem } from "./api.js";
import { dropUpload, keepUpload, keptUpload } from "./local_files.js";
import { _, number } from "./words.js";

/**
 * @typedef {"audio"|"target_image"|"driver_video"} Kind
 * @typedef {{name: string, types: string[], maxBytes: number, wanted: string}} Limit
 */

const BY_EXTENSION = {
  mp3: "audio/mpeg", wav: "audio/wav", flac: "audio/flac", m4a: "audio/mp4", ogg: "audio/ogg",
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp",
  mp4: "video/mp4", mov: "video/quicktime", webm: "video/webm",
};

/** A file's type without parameters; by its name where the browser knows none. */
export function contentType(file) {
  const named = BY_EXTENSION[(file.name ?? "").split(".").pop().toLowerCase()];
  return (file.type || named || "").split(";")[0].toLowerCase();
}

/** Why a file need not be sent at all; empty when it looks right. @param {Limit} limit */
export function objection(file, limit) {
  if (!limit.types.includes(contentType(file))) return _("Your {kind} must be {wanted}.", { kind: limit.name, wanted: limit.wanted });
  if (!file.size) return _("Your {kind} is an empty file. Choose it again.", { kind: limit.name });
  if (file.size > limit.maxBytes) return _("Your {kind} is {size}. It may have {most} at most.", { kind: limit.name, size: megabytes(file.size), most: megabytes(limit.maxBytes) });
  return "";
}

export const megabytes = (bytes) => (bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${number((bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0))} MB`);

const MOST_FAILURES = 8; // in a row without a part having arrived
const MOST_SECONDS = 30;

/**
 * Upload one file and have it looked at. A network that goes away is waited for.
 * @param {{project: string, kind: Kind, file: Blob, take?: number, offset?: number, signal?: AbortSignal,
 *   onProgress?: (done: number) => void, onWaiting?: (waiting: boolean) => void}} wanted
 * `take`: which one, where the browser keeps several; `offset`: seconds into a recording at which the section's first
 * bar sounds; `onProgress` gets 0..1; `onWaiting` is told when the network is away, and when it is back.
 * @returns {Promise<{assetId: string, findings: {code: string, severity: string, detail: string}[],
 *   checks: {name: string, label: string, standing: string, detail: string}[], info: object | null,
 *   faces: import("./faces.js").Face[]}>}
 * @throws {Problem} or an AbortError when cancelled
 */
export async function upload(wanted) {
  const assetId = await arrived(wanted);
  const { asset, findings, checks } = await api("POST", `/api/assets/${assetId}/check`, undefined, { signal: wanted.signal });
  return { assetId, findings, checks, info: asset.info, faces: asset.faces };
}

/** The track or picture that was being sent when the page went away. @returns {Promise<File | undefined>} */
export const interrupted = async (project, kind) => (await keptUpload(placeOf({ project, kind })))?.file;

/** Whoever cancels an upload does not want it to go on at the next visit. */
export const forgetUpload = (project, kind) => dropUpload(placeOf({ project, kind }));

/** One place a purpose: the server makes videos from the file that was promised last, so another begins anew. */
const placeOf = ({ project, kind }) => `${project}/${kind}`;

/** What tells files apart that are sent for one purpose: two bounces of a song have the same type and length. */
const markOf = ({ file, take }) => [take, contentType(file), file.size, file.lastModified, file.name].join(" ");

/** Send what has not arrived yet; resolves with the asset's id once all of it has. */
async function arrived(wanted) {
  const { signal, onWaiting } = wanted;
  const place = placeOf(wanted);
  const before = await keptUpload(place);
  let id = before?.mark === markOf(wanted) ? before.asset : null;
  if (!id) await remember(wanted, place, null);
  for (let failures = 0, sent = 0; ; ) {
    try {
      id ??= await promised(wanted, place);
      const left = await api("POST", `/api/assets/${id}/parts`, undefined, { signal });
      onWaiting?.(false);
      if (!left.parts.length) return id;
      if (left.sent_bytes > sent) failures = 0;
      sent = left.sent_bytes;
      await send(left, wanted);
    } catch (problem) {
      const seconds = pauseAfter(problem, ++failures);
      if (problem.code === "not_found" && id) id = null; // its day is over: begin anew
      else if (seconds === null) throw problem;
      else {
        onWaiting?.(true);
        await network(seconds, signal);
      }
    }
  }
}

/** Have the server promise to take the file, and remember that it did. */
async function promised(wanted, place) {
  const { project, kind, file, offset, signal } = wanted;
  const asset = { kind, content_type: contentType(file), size_bytes: file.size };
  if (offset !== undefined) asset.capture_offset_seconds = Math.round(Math.max(0, offset) * 1e4) / 1e4;
  const { uploads } = await api("POST", "/api/upload-assets", { project_id: project, assets: [asset] }, { signal });
  const id = uploads[0].asset_id;
  await remember(wanted, place, id);
  return id;
}

/** To go on with after a reload. Takes are kept already. */
const remember = (wanted, place, asset) => keepUpload(place, { asset, mark: markOf(wanted), file: wanted.take ? undefined : wanted.file });

async function send({ sent_bytes, parts }, { file, signal, onProgress }) {
  let sent = sent_bytes;
  for (const part of parts) {
    const end = part.first_byte + part.size_bytes;
    await put(part, file.slice(part.first_byte, end), signal, (done) => onProgress?.((sent + done * part.size_bytes) / file.size));
    sent += part.size_bytes;
  }
  onProgress?.(sent / file.size);
}

/** How many seconds to wait before a try again; null when it is of no use. @param {{code: string, status: number}} problem */
export function pauseAfter({ code, status }, failures) {
  const passing = code === "offline" || String(code).startsWith("upload_") || status === 429 || status >= 500;
  return passing && failures <= MOST_FAILURES ? Math.min(MOST_SECONDS, 2 ** (failures - 1)) : null;
}

/** Waits until the network is back, where the browser says that it is away; else, or where it errs, for some seconds. */
function network(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, (navigator.onLine ? seconds : MOST_SECONDS) * 1000);
    addEventListener("online", done);
    signal?.addEventListener("abort", cancelled);
    if (signal?.aborted) cancelled();
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", cancelled);
      resolve();
    }
    function cancelled() {
      done();
      reject(new DOMException("cancelled", "AbortError"));
    }
  });
}

/** XMLHttpRequest, since fetch tells nothing about how far an upload is. */
function put({ method, url, headers }, file, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (detail, code) => reject(new Problem({ detail, code, status: request.status }));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve() : fail(_("The upload was refused. Try again."), "upload_refused"));
    request.onerror = () => fail(_("The connection broke off. Try again; nothing is lost."), "upload_broken");
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return request.abort();
    return request.send(file);
  });
}
