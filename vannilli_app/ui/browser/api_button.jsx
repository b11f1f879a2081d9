/** A button that is one call of our API, and then another page, a word, or news for the page. */
import { useState } from "react";
import { api } from "./api.js";
import { ask } from "./ask.js";
import { setLeaving } from "./session.js";

/**
 * @param {{action: string, label: string, busy: string, next?: string, method?: string, body?: object, done?: string,
 *   follow?: string, sure?: {title: string, sentence: string, yes: string, no: string}, look?: string, name?: string,
 *   before?: () => Promise<void>, onDone?: () => void}} props
 * Afterwards `next` is loaded anew, or the address in the answer's field `follow`, or `done` stands beside it.
 * `sure` is asked first, then `before` is done. `name` is what a screen reader says where `label` does not suffice.
 */
export function ApiButton({ action, label, busy, next, method = "POST", body, done, follow, sure, look = "plain", name, before, onDone }) {
  const [sending, setSending] = useState(false);
  const [sentence, setSentence] = useState({});

  async function send() {
    if (sending || (sure && !(await ask(sure)))) return;
    setSending(true);
    setSentence({});
    setLeaving(Boolean(next)); // the call may end this session, and the page is told so before the answer is here
    try {
      await before?.();
      const answer = await api(method, action, body);
      onDone?.();
      if (follow) location.assign(answer[follow]);
      if (next) return location.assign(next);
      setSentence({ good: done });
    } catch (problem) {
      setSentence({ bad: problem.message });
      setLeaving(false);
    }
    setSending(false);
  }
  return (
    <div className="stack-tight">
      <button type="button" className={`button button-${look}${sending ? " busy" : ""}`} aria-disabled={sending} aria-label={name} onClick={send}>{sending ? busy : label}</button>
      <div aria-live="assertive">
        {sentence.bad && <p className="message message-error">{sentence.bad}</p>}
        {sentence.good && <p className="message">{sentence.good}</p>}
      </div>
    </div>
  );
}
