/**
 * What a person brought or recorded, kept in this browser until it is no longer needed: a reload loses nothing, and
 * a file that the server has already dropped can be uploaded again. The face never leaves by this way.
 *
 * @typedef {object} Take
 * @property {number} id
 * @property {string} project
 * @property {Blob} blob
 * @property {number} offset    seconds into the file at which the section's first bar sounds
 * @property {number} latency   how many seconds of the offset sound took from the audio clock to the ear
 * @property {number} seconds   how long the file is
 * @property {number} made      when, in ms since 1970
 * @property {string} [poster]  a small picture of it, as a data URL
 * @property {string} [name]    its file name when it was brought, not recorded
 * @property {Heard} [heard]    where the server heard the section's beginning in it
 * @property {number} [nudge]   how many milliseconds later than that its picture is wanted
 *
 * @typedef {{offset_seconds: number, margin_ms: number, method: "bleed"|"clock", confidence: number}} Heard
 */

const NAME = "vannilli";
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 3);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore("files");
        request.result.createObjectStore("takes", { keyPath: "id", autoIncrement: true }).createIndex("project", "project");
      }
      if (oldVersion < 2) request.result.createObjectStore("drafts", { keyPath: "id" });
      request.result.createObjectStore("uploads");
      request.result.createObjectStore("timings");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // a newer page in another tab
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs `work` on one store; resolves with the request's result once it is safely on disk. */
async function within(store, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {"audio"|"target_image"} kind @returns {Promise<File | undefined>} */
export const keptFile = (project, kind) => within("files", "readonly", (store) => store.get(`${project}/${kind}`)).catch(() => undefined);

/**
 * The person's own file: from this browser, else from the store while it is still there, and kept here from then on.
 * @param {"audio"|"target_image"} kind @returns {Promise<File | undefined>}
 */
export const ownFile = async (project, kind) => (await keptFile(project, kind)) ?? fetchOwn(project, kind).catch(() => undefined);

async function fetchOwn(project, kind) {
  const answer = await fetch(`/api/projects/${project}`);
  const { audio_url, image_url } = answer.ok ? await answer.json() : {};
  const link = { audio: audio_url, target_image: image_url }[kind];
  const found = link && (await fetch(link));
  if (!found?.ok) return undefined;
  const name = { audio: "Your track", target_image: "Your picture" }[kind];
  const file = new File([await found.blob()], name, { type: found.headers.get("content-type") ?? "" });
  await keepFile(project, kind, file);
  return file;
}

/** Keeps a file; a browser without room or a private window only costs the comfort. */
export const keepFile = (project, kind, file) => within("files", "readwrite", (store) => store.put(file, `${project}/${kind}`)).catch(() => undefined);

/** @returns {Promise<Take[]>} oldest first */
export async function takesOf(project) {
  const takes = await within("takes", "readonly", (store) => store.index("project").getAll(project));
  return Promise.all(takes.map(async (take) => ({ ...take, ...(await within("timings", "readonly", (store) => store.get(take.id))) })));
}

/** @param {number} id @param {{heard?: Heard, nudge?: number}} timing */
export const keepTiming = (id, timing) => within("timings", "readwrite", (store) => store.put(timing, id)).catch(() => undefined);

/** @param {Omit<Take, "id">} take @returns {Promise<Take>} Rejects when the browser has no room for it. */
export async function keepTake(take) {
  const id = await within("takes", "readwrite", (store) => store.add(take));
  navigator.storage?.persist?.();
  return { ...take, id };
}

export async function dropTake(id) {
  await within("takes", "readwrite", (store) => store.delete(id));
  await within("timings", "readwrite", (store) => store.delete(id));
}

/**
 * An upload that is under way, to go on with after a reload: the server's id of the file once it has one, what
 * tells the file from others, and the file itself where it is kept nowhere else.
 * @typedef {{asset: string | null, mark: string, file?: File}} Upload
 */

/** @param {string} place @param {Upload} upload */
export const keepUpload = (place, upload) => within("uploads", "readwrite", (store) => store.put(upload, place)).catch(() => undefined);

/** @param {string} place @returns {Promise<Upload | undefined>} */
export const keptUpload = (place) => within("uploads", "readonly", (store) => store.get(place)).catch(() => undefined);

export const dropUpload = (place) => within("uploads", "readwrite", (store) => store.delete(place)).catch(() => undefined);

/** Keeps a draft as the server last had it, to be read offline until its person signs out. @param {{id: string}} draft */
export const keepDraft = (draft) => within("drafts", "readwrite", (store) => store.put(draft)).catch(() => undefined);

/** @returns {Promise<object | undefined>} */
export const keptDraft = (id) => within("drafts", "readonly", (store) => store.get(id)).catch(() => undefined);

/** @returns {Promise<object[]>} */
export const keptDrafts = () => within("drafts", "readonly", (store) => store.getAll()).catch(() => []);

export const forgetDrafts = () => within("drafts", "readwrite", (store) => store.clear()).catch(() => undefined);
