/** Fields of the draft: each shows its value, saves it as it changes, and says what the server will not take. */
import { useId, useLayoutEffect, useRef } from "react";
import { edit, useDraft } from "./draft.js";
import { _ } from "./words.js";

/** @param {{name: string, label: string, hint?: string, placeholder?: string, most?: number, long?: boolean}} props */
export function DraftText({ name, label, hint, placeholder, most, long }) {
  const draft = useDraft();
  const id = useId();
  const Box = long ? "textarea" : "input";
  const error = draft.errors[name];
  const box = useRef(null);
  const shown = draft.project[name] ?? "";
  useLayoutEffect(() => { // the page may have been there to type into before its scripts
    if (box.current.value !== shown) edit({ [name]: box.current.value });
  }, []);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Box
        id={id}
        ref={box}
        className="input"
        value={shown}
        maxLength={most}
        placeholder={placeholder}
        autoComplete="off"
        aria-invalid={Boolean(error)}
        aria-describedby={`${id}hint ${id}error`}
        onChange={(event) => edit({ [name]: event.target.value })}
      />
      {hint && <span className="field-hint" id={`${id}hint`}>{hint}</span>}
      <span className="field-error" id={`${id}error`} role="alert">{error}</span>
    </div>
  );
}

/** @param {{name: string, label: string, options: {value: string, label: string, hint?: string}[]}} props */
export function DraftChoice({ name, label, options }) {
  const draft = useDraft();
  const id = useId();
  const chosen = options.find((option) => option.value === draft.project[name]);
  return (
    <fieldset className="field" aria-describedby={`${id}hint`}>
      <legend className="label">{label}</legend>
      <div className="choices">
        {options.map((option) => (
          <label className="choice" key={option.value}>
            <input type="radio" name={id} value={option.value} checked={option === chosen} onChange={() => edit({ [name]: option.value })} />
            {option.label}
          </label>
        ))}
      </div>
      {options.some((option) => option.hint) && <span className="field-hint" id={`${id}hint`}>{chosen?.hint}</span>}
    </fieldset>
  );
}

/** Whether what was typed is safe. */
export function DraftState() {
  const draft = useDraft();
  const said = { loading: _("Loading"), new: _("Saved as you type"), offline: _("Offline: as last saved here"), waiting: _("Saving"), saving: _("Saving"), saved: _("Saved"), failed: _("Not saved yet") }[draft.state];
  return (
    <div className="draft-state" aria-live="polite">
      <span className="small quiet">{said}</span>
      {draft.sentence && <p className="message message-error">{draft.sentence}</p>}
    </div>
  );
}
