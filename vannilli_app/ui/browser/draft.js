/**
 * The draft on this page: what was typed is saved as it is typed, one request at a time. The tempo is part of it and
 * lives in tempo.js, so that everything that beats follows.
 */
import { useEffect, useSyncExternalStore } from "react";
import { api } from "./api.js";
import { keepDraft, keepFile, keptDraft, ownFile } from "./local_files.js";
import { refusal } from "./music.js";
import { currentTempo, onTempo, recall, setTempo } from "./tempo.js";
import { _ } from "./words.js";

const PAUSE_MS = 500;
const UNTITLED = "Untitled";
const FIELDS = { bpm: "bpm", bars: "bars", timeSignature: "time_signature", beatUnit: "beat_unit" };

/**
 * @typedef {object} Draft
 * @property {string | null} id
 * @property {"loading"|"new"|"offline"|"waiting"|"saving"|"saved"|"failed"} state
 * @property {string} sentence  what keeps it from being saved
 * @property {Record<string, string>} errors  by field
 * @property {object} project   the fields as they are shown
 * @property {{audio?: File, target_image?: File}} files  those that this browser holds
 */

/** @type {Draft} */
const EMPTY = Object.freeze({
  id: null,
  state: "loading",
  sentence: "",
  errors: {},
  files: {},
  project: { track_name: "", aspect: "9:16", prompt: "", mode: "standard", character_orientation: "video", beat_accent: "off", mouth: "auto", face: null, faces: [], bar_one_seconds: 0, section_start_bar: 1, has_audio: false, has_image: false, status: "draft" },
});

let draft = EMPTY;
let unsaved = {};
let timer = 0;
let running = null;
let loaded = Promise.resolve();
let filling = false;
const listeners = new Set();

function become(change) {
  draft = { ...draft, ...change };
  listeners.forEach((listener) => listener());
}

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The draft, as a React hook; the first use loads the one that the address names. @returns {Draft} */
export function useDraft() {
  useEffect(begin, []);
  return useSyncExternalStore(subscribe, () => draft, () => EMPTY);
}

let begun = false;
function begin() {
  if (begun) return;
  begun = true;
  recall(); // before we listen: a tempo that came with the address is no edit yet
  loaded = load();
  onTempo(() => {
    if (filling || draft.state === "loading" || refusal(currentTempo())) return;
    edit(tempoFields());
  });
  addEventListener("online", () => draft.state === "failed" && save());
  addEventListener("pagehide", () => {
    if (draft.id && Object.keys(unsaved).length)
      fetch(`/api/projects/${draft.id}`, { method: "PATCH", keepalive: true, headers: { "content-type": "application/json" }, body: JSON.stringify(unsaved) });
  });
}

async function load() {
  const id = new URLSearchParams(location.search).get("project");
  if (!id) return become({ state: standing("new") });
  try {
    const { project, state } = await fetched(id);
    filling = true;
    setTempo({ bpm: String(project.bpm), bars: String(project.bars), timeSignature: project.time_signature, beatUnit: project.beat_unit });
    filling = false;
    const [audio, image] = await Promise.all([ownFile(id, "audio"), ownFile(id, "target_image")]);
    const track_name = project.track_name === UNTITLED ? "" : project.track_name;
    return become({ id, state: standing(state), project: { ...project, track_name, prompt: project.prompt ?? "", ...unsaved }, files: { audio, target_image: image } });
  } catch (problem) {
    return become({ state: standing("new"), sentence: `${problem.message} ${_("You can begin a new one here.")}` });
  }
}

/** The draft from the server, else as this browser last had it. @throws {Problem} when neither has it */
async function fetched(id) {
  try {
    const project = await api("GET", `/api/projects/${id}`);
    keepDraft(withoutLinks(project));
    return { project, state: "saved" };
  } catch (problem) {
    const project = problem.code === "offline" && (await keptDraft(id));
    if (!project) throw problem;
    return { project, state: "offline" };
  }
}

/** Links to files run out, and open them to whoever has them. */
const withoutLinks = (project) => Object.fromEntries(Object.entries(project).filter(([field]) => !field.endsWith("_url")));

/** How a draft stands that has just come, when something may have been typed meanwhile. */
const standing = (state) => (Object.keys(unsaved).length ? "waiting" : state);

const tempoFields = () => Object.fromEntries(Object.entries(FIELDS).map(([ours, theirs]) => [theirs, currentTempo()[ours].replace(",", ".")]));

/** Change fields of the draft; saved after a short pause. */
export function edit(changes) {
  become({ project: { ...draft.project, ...changes }, state: "waiting", errors: without(draft.errors, changes), sentence: "" });
  Object.assign(unsaved, changes);
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}

const without = (errors, changes) => Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in changes)));

/** Save now what is not yet; resolves with the draft's id. @throws {Problem} */
export async function saved() {
  clearTimeout(timer);
  do await save({ strict: true }); while (Object.keys(unsaved).length);
  return draft.id;
}

async function save({ strict = false } = {}) {
  await loaded; // or what is typed meanwhile would begin another draft
  while (running) await running.catch(() => {});
  if (draft.id && !Object.keys(unsaved).length) return;
  const sending = unsaved;
  unsaved = {};
  running = send(sending);
  try {
    await running;
  } catch (problem) {
    unsaved = { ...sending, ...unsaved };
    become({ state: "failed", sentence: Object.keys(problem.fields ?? {}).length ? "" : problem.message, errors: { ...draft.errors, ...problem.fields } });
    if (strict) throw problem;
  } finally {
    running = null;
  }
}

async function send(changes) {
  become({ state: "saving", sentence: "" });
  const body = "track_name" in changes ? { ...changes, track_name: changes.track_name.trim() || UNTITLED } : changes;
  let project;
  if (draft.id) {
    project = await api("PATCH", `/api/projects/${draft.id}`, body);
  } else {
    project = await api("POST", "/api/projects", { track_name: UNTITLED, ...tempoFields(), ...body });
    history.replaceState(history.state, "", `${location.pathname}?project=${project.id}`);
  }
  keepDraft(withoutLinks(project));
  become({ id: project.id, state: Object.keys(unsaved).length ? "waiting" : "saved" });
}

/**
 * A file has arrived at the server; keep it here too.
 * @param {"audio"|"target_image"} kind
 * @param {import("./faces.js").Face[]} faces  those of a picture
 */
export function attach(kind, file, faces) {
  const had = kind === "audio" ? { has_audio: true } : { has_image: true, faces };
  become({ files: { ...draft.files, [kind]: file }, project: { ...draft.project, ...had } });
  if (kind === "target_image" && draft.project.face) edit({ face: null }); // it was chosen in another picture
  keepFile(draft.id, kind, file);
}
