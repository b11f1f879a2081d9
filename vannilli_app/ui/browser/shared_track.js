/** A track that another app shared with ours: `sw.js` put it where this takes it from. */
const PLACE = "vannilli-shared";
const ADDRESS = "/studio/shared-track";

/** The shared track, once; null when there is none. @returns {Promise<File | null>} */
export async function sharedTrack() {
  const cache = await globalThis.caches?.open(PLACE).catch(() => null);
  const kept = await cache?.match(ADDRESS);
  if (!kept) return null;
  await cache.delete(ADDRESS);
  const name = decodeURIComponent(kept.headers.get("x-name") ?? "track");
  return new File([await kept.blob()], name, { type: kept.headers.get("content-type") ?? "" });
}
