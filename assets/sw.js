/* The service worker. It keeps the pages and scripts of one build, as everybody may see them; nothing is added while
   it runs, so no answer to a person can get into it. Pages come from the network as long as there is one. A new build
   waits until the person asks for it: the open page keeps the scripts that belong to it. */
const CACHE = "vannilli-pages-__VERSION__";
const SHARED = "vannilli-shared";
const PAGES = new Set(/*__PAGES__*/ []);
const FILES = /*__FILES__*/ [];
const OFFLINE = "offline.html";
const SHARE_TARGET = /^((?:\/[a-z]{2})?)\/studio\/shared-track$/; // in every language
const SHARED_TRACK = "/studio/shared-track";

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", ({ data }) => data === "take over" && skipWaiting());
addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function fill() {
  const cache = await caches.open(CACHE);
  const fresh = [...PAGES, ...FILES].map((path) => new Request(path, { cache: "no-cache", credentials: "omit" }));
  await cache.addAll(fresh);
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("vannilli-pages-") && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return null;
  if (request.method === "POST" && SHARE_TARGET.test(pathname)) return keepShared(request, pathname);
  if (request.method !== "GET") return null;
  if (request.mode === "navigate") return page(request, pathname);
  return FILES.includes(pathname) ? file(request, pathname) : null;
}

async function page(request, pathname) {
  try {
    return await fetch(request);
  } catch {
    return kept(pathname);
  }
}

async function kept(pathname) {
  const tempo = /^(\/[a-z]{2})?\/bpm\/(\d+)$/.exec(pathname);
  if (tempo) return Response.redirect(`${tempo[1] ?? ""}/calculator?bpm=${tempo[2]}`);
  const cache = await caches.open(CACHE);
  const path = pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
  const language = /^\/[a-z]{2}\//.exec(pathname)?.[0] ?? "/";
  return (await cache.match(PAGES.has(path) ? path : language + OFFLINE)) ?? (await cache.match(`/${OFFLINE}`)) ?? Response.error();
}

async function file(request, pathname) {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname)) ?? fetch(request);
}

/* A track that another app shares waits here until `/studio/new` takes it. */
async function keepShared(request, pathname) {
  const track = (await request.formData()).get("track");
  if (track instanceof File) {
    const cache = await caches.open(SHARED);
    const headers = { "content-type": track.type, "x-name": encodeURIComponent(track.name) };
    await cache.put(SHARED_TRACK, new Response(track, { headers }));
  }
  return Response.redirect(`${SHARE_TARGET.exec(pathname)[1]}/studio/new`, 303);
}

const show = ({ title, body, url, tag }) => registration.showNotification(title, { body, tag, icon: "/icons/192.png", badge: "/icons/192.png", data: url });

async function open(url) {
  const windows = await clients.matchAll({ type: "window" });
  const there = windows.find((client) => client.url === new URL(url, location.origin).href);
  return there ? there.focus() : clients.openWindow(url);
}
