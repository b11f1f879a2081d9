/** The app's own word at the foot of a page: a new version waits, there is no connection, it can be installed. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { _ } from "./words.js";

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
    const note = (registration) => !gone && registration.active && setWaiting(registration.waiting);
    navigator.serviceWorker.ready.then((registration) => {
      note(registration);
      registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", () => note(registration)));
    });
    return () => { gone = true; };
  }, []);
  return waiting;
}

function takeOver(worker) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("take over");
}

export function AppBar() {
  const online = useOnline();
  const newer = useNewVersion();
  useEffect(() => { dispatchEvent(new Event("vannilli:listening")); }, []); // app.js gives back what came early
  return (
    <div className="app-bar" role="status">
      {!online && <p className="message">{_("You are offline. The calculator and the drafts on this device work.")}</p>}
      {newer && (
        <p className="message">
          {_("There is a new version.")} <button type="button" className="button button-plain button-small" onClick={() => takeOver(newer)}>{_("Load it")}</button>
        </p>
      )}
    </div>
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
