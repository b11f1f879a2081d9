/** The app's own word at the foot of a page: a new version waits, there is no connection, it can be installed. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { _, at } from "./words.js";

const listenTo = (...names) => (listener) => {
  names.forEach((name) => addEventListener(name, listener));
  return () => names.forEach((name) => removeEventListener(name, listener));
};

export const useOnline = () => useSyncExternalStore(listenTo("online", "offline"), () => navigator.onLine, () => true);

/** The worker of a newer build, once it waits to take over. @returns {ServiceWorker | null} */
function useNewVersion() {
  const [waiting, setWaiting] = useState(null);
  useEffect(() => {
    if (!navigator.serviceWorker) return;
    let gone = false;
    navigator.serviceWorker.ready.then((registration) => {
      const note = () => !gone && setWaiting(registration.waiting);
      const watch = () => registration.installing?.addEventListener("statechange", note);
      note();
      watch(); // the page's own load may have found it already
      registration.addEventListener("updatefound", watch);
    });
    return () => { gone = true; };
  }, []);
  return waiting;
}

function takeOver(worker) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("take over");
}

/** Tells `early.js` that the page listens: once what its parents set at their start is there too, the light for one, for
 *  what is given back before that would be undone by it. */
function useSayListening() {
  const [started, setStarted] = useState(false);
  useEffect(() => {
    if (started) dispatchEvent(new Event("vannilli:listening"));
    else setStarted(true);
  }, [started]);
}

/** @param {{lost: boolean, said: string, onRead: () => void}} props */
export function AppBar({ lost, said, onRead }) {
  const online = useOnline();
  const newer = useNewVersion();
  useSayListening();
  return (
    <div className="app-bar" role="status">
      {!online && <p className="message">{_("You are offline. The calculator and the drafts on this device work.")}</p>}
      {online && lost && <p className="message">{_("The connection to Vannilli is lost. We keep trying.")}</p>}
      {said && (
        <p className="message">
          {said} <button type="button" className="button button-plain button-small" onClick={onRead}>{_("Close")}</button>
        </p>
      )}
      {newer && (
        <p className="message">
          {_("There is a new version.")} <button type="button" className="button button-plain button-small" onClick={() => takeOver(newer)}>{_("Load it")}</button>
        </p>
      )}
    </div>
  );
}

/** What stands in the place of a page that cannot be shown. */
export function Broken() {
  useSayListening();
  return (
    <main className="main" role="alert">
      <section className="stack lost">
        <h1>{_("This page broke off.")}</h1>
        <p className="lead quiet">{_("It is our mistake, and we were told. Your takes, videos and credits are where they were.")}</p>
        <div className="row">
          <button type="button" className="button button-main" onClick={() => location.reload()}>{_("Load the page again")}</button>
          <a className="button button-plain" href={at("/")}>{_("Back to the start")}</a>
        </div>
      </section>
    </main>
  );
}

/** Offers to install the app where the browser can and has not; nothing else. */
export function InstallApp() {
  const offer = useSyncExternalStore(listenTo("vannilli:installable", "appinstalled"), () => globalThis.vannilliInstall ?? null, () => null);
  async function install() {
    globalThis.vannilliInstall = null; // an offer is good once
    dispatchEvent(new Event("vannilli:installable"));
    await offer.prompt();
  }
  if (!offer) return null;
  return (
    <div className="row install">
      <p className="small quiet">{_("On your home screen it opens like an app, and the calculator works anywhere.")}</p>
      <button type="button" className="button button-plain" onClick={install}>{_("Install Vannilli")}</button>
    </div>
  );
}
