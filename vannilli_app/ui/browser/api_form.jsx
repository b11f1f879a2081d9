/** A form that posts its fields as JSON, shows what the server refuses beside the field, and moves on or says `done`. */
import { useId, useLayoutEffect, useRef, useState } from "react";
import { api, nextPage } from "./api.js";
import { _ } from "./words.js";
import { fingerprint } from "./device.js";

/**
 * @typedef {object} Field
 * @property {string} name       its name in the JSON
 * @property {string} label
 * @property {"text"|"email"|"password"|"date"|"checkbox"} type
 * @property {string} missing    the sentence when it is left empty
 * @property {string} [wrong]    the sentence when the browser finds it malformed
 * @property {string} [hint]
 * @property {string} [autocomplete]
 * @property {number} [least]    fewest characters
 * @property {number} [most]
 * @property {string[]} [codes]  problems of the server that are about this field
 * @property {string} [asked]    the problem that asks for it; until then the field is not there
 *
 * @param {{fields: Field[], action: string, submit: string, busy: string, next: string, done?: string,
 *   withToken?: boolean, withDevice?: boolean}} props
 * `done` is said instead of moving on. `withToken` sends along what stands behind `#` in the address, `withDevice` the
 * device's fingerprint.
 * `next` is where it leads; `?next=` in the address goes first. The whole page is loaded anew, since a websocket
 * keeps the cookies that it was opened with.
 */
export function ApiForm({ fields: all, action, submit, busy, next, done, withToken, withDevice }) {
  const id = useId();
  const [asked, setAsked] = useState([]);
  const [said, setSaid] = useState("");
  const fields = all.filter((field) => !field.asked || asked.includes(field.asked));
  const form = useRef(null);
  const [errors, setErrors] = useState({});
  const [refused, setRefused] = useState("");
  const [sending, setSending] = useState(false);

  function show(found, sentence = "") {
    setErrors(found);
    setRefused(sentence);
    const first = fields.find((field) => found[field.name]);
    if (first) form.current.elements[first.name].focus();
  }

  async function send(event) {
    event.preventDefault();
    if (sending) return;
    const values = valuesOf(form.current, fields);
    const found = check(form.current, fields);
    show(found);
    if (Object.keys(found).length) return;
    setSending(true);
    setSaid("");
    try {
      if (withToken) values.token = location.hash.slice(1);
      if (withDevice) values.device_fingerprint = await fingerprint();
      await api("POST", action, values);
      if (done) {
        setSending(false);
        setSaid(done);
        return form.current.reset();
      }
      location.assign(nextPage(next));
    } catch (problem) {
      setSending(false);
      if (all.some((field) => field.asked === problem.code)) return setAsked([...asked, problem.code]);
      const known = refusals(fields, problem);
      show(known, Object.keys(known).length ? "" : problem.message);
    }
  }

  return (
    <form ref={form} className="stack" method="post" noValidate onSubmit={send} aria-busy={sending}>
      {fields.map((field) => (
        <FormField key={field.name} field={field} id={`${id}${field.name}`} error={errors[field.name]} onEdit={() => errors[field.name] && setErrors({ ...errors, [field.name]: "" })} />
      ))}
      <div aria-live="polite">{said && <p className="message">{said}</p>}</div>
      <div aria-live="assertive">{refused && <p className="message message-error">{refused}</p>}</div>
      <button className={`button button-main button-wide${sending ? " busy" : ""}`} type="submit" aria-disabled={sending}>
        {sending ? busy : submit}
      </button>
    </form>
  );
}

/** A link to the other form that takes `?next=` along. @param {{href: string, text: string}} props */
export function OtherEntrance({ href, text }) {
  const [query, setQuery] = useState("");
  useLayoutEffect(() => setQuery(location.search), []); // before the page listens: early.js follows then what waited
  return <a data-waits href={href + query}>{text}</a>;
}

function FormField({ field, id, error, onEdit }) {
  const [shown, setShown] = useState(false);
  const described = [field.hint && `${id}hint`, error && `${id}error`].filter(Boolean).join(" ") || undefined;
  const common = { id, name: field.name, required: true, onInput: onEdit, "aria-invalid": Boolean(error), "aria-describedby": described };
  const sentence = <span className="field-error" id={`${id}error`} role="alert">{error}</span>;

  if (field.type === "checkbox")
    return (
      <div className="field">
        <label className="check" htmlFor={id}><input type="checkbox" {...common} /><span>{field.label}</span></label>
        {sentence}
      </div>
    );
  const secret = field.type === "password";
  return (
    <div className="field">
      <label htmlFor={id}>{field.label}</label>
      <div className="field-box">
        <input
          {...common}
          className={`input${secret ? " input-peek" : ""}`}
          type={secret && shown ? "text" : field.type}
          autoComplete={field.autocomplete}
          minLength={field.least}
          maxLength={field.most}
          autoFocus={Boolean(field.asked)}
          autoCapitalize="none"
          spellCheck={false}
        />
        {secret && <button className="peek" type="button" aria-pressed={shown} aria-label={shown ? _("Hide the password") : _("Show the password")} onClick={() => setShown(!shown)}>{shown ? _("Hide") : _("Show")}</button>}
      </div>
      {field.hint && <span className="field-hint" id={`${id}hint`}>{field.hint}</span>}
      {sentence}
    </div>
  );
}

const valuesOf = (form, fields) =>
  Object.fromEntries(fields.map(({ name, type }) => {
    const input = form.elements[name];
    return [name, type === "checkbox" ? input.checked : type === "password" ? input.value : input.value.trim()];
  }));

/** What the server refuses, by field: by the problem's list, or by its code. */
function refusals(fields, problem) {
  const about = fields.find((field) => field.codes?.includes(problem.code));
  const listed = fields.filter((field) => problem.fields?.[field.name]).map((field) => [field.name, problem.fields[field.name]]);
  return about ? { [about.name]: problem.message } : Object.fromEntries(listed);
}

/** What the browser finds wrong, in our words. */
function check(form, fields) {
  const found = {};
  for (const field of fields) {
    const { validity } = form.elements[field.name];
    if (validity.valueMissing) found[field.name] = field.missing;
    else if (!validity.valid || (field.least && form.elements[field.name].value.length < field.least)) found[field.name] = field.wrong ?? field.missing;
  }
  return found;
}
