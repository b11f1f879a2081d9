/** Files straight from the browser into the store: a promise from our API, then one PUT with progress. */
import { api, Problem } from "./api.js";
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

/**
 * Upload one file and have it looked at.
 * @param {{project: string, kind: Kind, file: Blob, offset?: number, signal?: AbortSignal, onProgress?: (done: number) => void}} wanted
 * `offset`: seconds into a recording at which the section's first bar sounds; `onProgress` gets 0..1.
 * @returns {Promise<{assetId: string, findings: {code: string, severity: string, detail: string}[],
 *   checks: {name: string, label: string, standing: string, detail: string}[], info: object | null}>}
 * @throws {Problem} or an AbortError when cancelled
 */
export async function upload({ project, kind, file, offset, signal, onProgress }) {
  const asset = { kind, content_type: contentType(file), size_bytes: file.size };
  if (offset !== undefined) asset.capture_offset_seconds = Math.round(Math.max(0, offset) * 1e4) / 1e4;
  const { uploads } = await api("POST", "/api/upload-assets", { project_id: project, assets: [asset] }, { signal });
  await put(uploads[0], file, signal, onProgress);
  const { asset: found, findings, checks } = await api("POST", `/api/assets/${uploads[0].asset_id}/check`, undefined, { signal });
  return { assetId: uploads[0].asset_id, findings, checks, info: found.info };
}

/** XMLHttpRequest, since fetch tells nothing about how far an upload is. */
function put({ method, url, headers }, file, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (detail, code) => reject(new Problem({ detail, code, status: request.status }));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve() : fail(_("The upload was refused. Try again."), "upload_refused"));
    request.onerror = () => fail(_("The connection broke off. Try again; nothing is lost."), "upload_broken");
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return request.abort();
    return request.send(file);
  });
}
