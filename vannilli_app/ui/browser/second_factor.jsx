/** The second step: turn it on with an authenticator app, keep the recovery codes, turn it off. */
import { useState } from "react";
import { api } from "./api.js";
import { ask } from "./ask.js";
import { _, ngettext } from "./words.js";

const TOTP = "/api/auth/totp";

/** @param {{on: boolean, left: number, onChange: () => void}} props `left`: recovery codes that are not used yet */
export function SecondFactor({ on, left, onChange }) {
  const [begun, setBegun] = useState(null);
  const [codes, setCodes] = useState(null);
  const [sentence, setSentence] = useState("");
  const [busy, setBusy] = useState(false);

  async function attempt(work) {
    if (busy) return;
    setBusy(true);
    setSentence("");
    try {
      await work();
    } catch (problem) {
      setSentence(problem.message);
    }
    setBusy(false);
  }
  const begin = () => attempt(async () => setBegun(await api("POST", TOTP)));
  const renew = () => attempt(async () => setCodes((await api("POST", "/api/auth/recovery-codes")).codes));
  const confirm = (code) =>
    attempt(async () => {
      setCodes((await api("POST", `${TOTP}/confirm`, { code })).codes);
      setBegun(null);
    });
  const turnOff = () =>
    attempt(async () => {
      const sure = await ask({ title: _("Turn the second step off?"), sentence: _("Your password alone will open your account."), yes: _("Turn it off"), no: _("Keep it") });
      if (!sure) return;
      await api("DELETE", TOTP);
      onChange();
    });

  const refused = <div aria-live="assertive">{sentence && <p className="message message-error">{sentence}</p>}</div>;
  if (codes) return <Codes codes={codes} onKept={() => { setCodes(null); onChange(); }} />;
  if (begun) return <Enroll begun={begun} busy={busy} onCode={confirm} onCancel={() => setBegun(null)}>{refused}</Enroll>;
  return (
    <div className="stack">
      <p>
        {on
          ? ngettext("On. Signing in asks for a code of your app. {n} recovery code is left.", "On. Signing in asks for a code of your app. {n} recovery codes are left.", left)
          : _("Off. With it, nobody gets in with your password alone: signing in also asks for a code of an app on your phone.")}
      </p>
      {refused}
      <div className="row">
        {on ? (
          <>
            <button type="button" className="button button-plain" onClick={renew}>{_("New recovery codes")}</button>
            <button type="button" className="button button-bare" onClick={turnOff}>{_("Turn it off")}</button>
          </>
        ) : (
          <button type="button" className={`button button-plain${busy ? " busy" : ""}`} onClick={begin}>{_("Turn it on")}</button>
        )}
      </div>
    </div>
  );
}

function Enroll({ begun, busy, onCode, onCancel, children }) {
  return (
    <form className="stack enroll" onSubmit={(event) => { event.preventDefault(); onCode(event.target.elements.code.value); }}>
      <p>{_("Scan this with an authenticator app, or open it on this phone, then type the code that it shows.")}</p>
      <img src={begun.qr_svg} alt={_("The secret as a QR code; the same stands below as text")} width="200" height="200" className="qr" />
      <p><a href={begun.uri}>{_("Open in an app on this device")}</a></p>
      <p className="quiet">{_("By hand:")} <code className="code-text">{begun.secret.match(/.{1,4}/g).join(" ")}</code></p>
      <div className="field">
        <label htmlFor="totp-code">{_("Code from the app")}</label>
        <input id="totp-code" name="code" className="input" inputMode="numeric" autoComplete="one-time-code" maxLength={8} required autoFocus />
      </div>
      {children}
      <div className="row">
        <button type="submit" className={`button button-main${busy ? " busy" : ""}`}>{_("Turn it on")}</button>
        <button type="button" className="button button-plain" onClick={onCancel}>{_("Cancel")}</button>
      </div>
    </form>
  );
}

function Codes({ codes, onKept }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="stack" role="group" aria-label={_("Recovery codes")}>
      <p><strong>{_("Keep these recovery codes.")}</strong> {_("Without your phone, each lets you in once. They are shown only now.")}</p>
      <ul className="codes">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <div className="row">
        <button type="button" className="button button-main" onClick={onKept}>{_("I have kept them")}</button>
        <button type="button" className="button button-plain" onClick={() => navigator.clipboard.writeText(codes.join("\n")).then(() => setCopied(true))}>{copied ? _("Copied") : _("Copy")}</button>
      </div>
    </div>
  );
}
