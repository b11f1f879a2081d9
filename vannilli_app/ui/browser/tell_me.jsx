/** "Tell me when it is done": asks for leave to notify at the moment when it is wanted, and not before. */
import { useEffect, useState } from "react";
import { isToldHere, tellHere } from "./push.js";
import { _ } from "./words.js";

const possible = () => "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

/** @param {{serverKey: string}} props the server's public key, base64url */
export function TellMe({ serverKey }) {
  const [state, setState] = useState("asked");
  useEffect(() => {
    if (!possible()) return setState("impossible");
    if (Notification.permission === "denied") return setState("denied");
    navigator.serviceWorker.getRegistration().then(isToldHere).then((told) => setState(told ? "on" : "idle"), () => setState("failed"));
  }, []);

  async function subscribe() {
    setState("busy");
    try {
      if ((await Notification.requestPermission()) !== "granted") return setState("denied");
      const registration = await navigator.serviceWorker.ready;
      await tellHere(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: serverKey }));
      return setState("on");
    } catch {
      return setState("failed");
    }
  }
  const said = {
    on: _("This device will tell you when it is done."),
    denied: _("This browser does not let us notify you. The mail comes all the same."),
    failed: _("This browser could not be reached for notifications. The mail comes all the same."),
  }[state];
  return (
    <div className="tell-me" aria-live="polite">
      {["idle", "busy", "failed"].includes(state) && (
        <button type="button" className={`button button-plain${state === "busy" ? " busy" : ""}`} onClick={subscribe} aria-disabled={state === "busy"}>{_("Tell me when it is done")}</button>
      )}
      {said && <p className="small quiet">{said}</p>}
    </div>
  );
}
