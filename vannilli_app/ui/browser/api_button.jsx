/** A button that is one call of our API, and then another page. */
import { useState } from "react";
import { api } from "./api.js";

/** @param {{action: string, label: string, busy: string, next: string}} props */
export function ApiButton({ action, label, busy, next }) {
  const [sending, setSending] = useState(false);
  const [sentence, setSentence] = useState("");

  async function send() {
    setSending(true);
    setSentence("");
    try {
      await api("POST", action);
      location.assign(next);
    } catch (problem) {
      setSending(false);
      setSentence(problem.message);
    }
  }
  return (
    <div className="stack-tight">
      <button type="button" className={`button button-plain${sending ? " busy" : ""}`} disabled={sending} onClick={send}>{sending ? busy : label}</button>
      <div aria-live="assertive">{sentence && <p className="message message-error">{sentence}</p>}</div>
    </div>
  );
}
