/** Something that an admin does: folded away, with what it needs and a reason, and then one call of our API. */
import { useId, useRef, useState } from "react";
import { api } from "./api.js";

/** What a field's text becomes in the JSON. */
const VALUES = {
  text: (text) => text,
  whole: (text) => Number.parseInt(text, 10),
  names: (text) => text.split(",").map((name) => name.trim()).filter(Boolean),
  json: (text) => JSON.parse(text),
};

/**
 * @param {{action: string, label: string, method?: string, explain?: string, body?: object,
 *   fields?: {name: string, label: string, type: "text"|"whole"|"names"|"json", value?: string, hint?: string}[],
 *   onDone?: () => void}} props
 * An empty field of a setting is null, which means the built-in value. `body` is sent besides.
 */
export function ReasonedAction({ action, label, method = "POST", explain, body, fields = [], onDone }) {
  const id = useId();
  const form = useRef(null);
  const [sending, setSending] = useState(false);
  const [said, setSaid] = useState({});

  async function send(event) {
    event.preventDefault();
    if (sending) return;
    const inputs = form.current.elements;
    const reason = inputs.reason.value.trim();
    if (reason.length < 3) {
      setSaid({ bad: "Say why, in a few words. It stands in the audit log." });
      return inputs.reason.focus();
    }
    setSending(true);
    setSaid({});
    try {
      const values = fields.map(({ name, type }) => [name, inputs[name].value.trim() ? VALUES[type](inputs[name].value) : null]);
      const answer = await api(method, action, { ...body, ...Object.fromEntries(values), reason });
      setSaid({ good: answer?.sentence ?? "Done." });
      inputs.reason.value = "";
      onDone?.();
    } catch (problem) {
      setSaid({ bad: problem instanceof SyntaxError ? "This is not JSON. Check quotes and braces." : problem.message });
    }
    setSending(false);
  }

  return (
    <details className="fold action">
      <summary>{label}</summary>
      <form ref={form} className="stack-tight" noValidate onSubmit={send} aria-busy={sending}>
        {explain && <p className="quiet small">{explain}</p>}
        {fields.map((field) => (
          <Field key={field.name} id={`${id}${field.name}`} {...field} />
        ))}
        <Field id={`${id}reason`} name="reason" label="Why" />
        <button className={`button button-plain button-small${sending ? " busy" : ""}`} type="submit" aria-disabled={sending}>{label}</button>
      </form>
      <div aria-live="assertive">
        {said.bad && <p className="message message-error">{said.bad}</p>}
        {said.good && <p className="message">{said.good}</p>}
      </div>
    </details>
  );
}

function Field({ id, name, label, value = "", hint, type }) {
  const props = { id, name, className: "input", defaultValue: value, maxLength: name === "reason" ? 300 : 2000, autoComplete: "off", spellCheck: name === "reason", "aria-describedby": hint ? `${id}hint` : undefined };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {type === "json" ? <textarea {...props} /> : <input {...props} inputMode={type === "whole" ? "text" : undefined} />}
      {hint && <span className="field-hint" id={`${id}hint`}>{hint}</span>}
    </div>
  );
}
