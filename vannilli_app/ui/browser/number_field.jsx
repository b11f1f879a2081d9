/** A number that is both shown and typed: while it is typed it stays as it is, then it shows what came of it. */
import { useId, useState } from "react";

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value     what it shows when nobody types
 * @param {string} [props.unit]
 * @param {string} [props.wrong]   what is wrong with it
 * @param {string} [props.note]    what came of it, where that is not quite what was typed
 * @param {(text: string) => void} props.onType
 */
export function NumberField({ label, value, unit, wrong, note, onType }) {
  const id = useId();
  const [typed, setTyped] = useState(null);
  return (
    <div className="field number-field">
      <label htmlFor={id}>{label}{unit && <span className="quiet"> {unit}</span>}</label>
      <input
        id={id}
        className="input figures"
        inputMode="decimal"
        autoComplete="off"
        maxLength={12}
        aria-invalid={Boolean(wrong)}
        aria-describedby={wrong || note ? `${id}said` : undefined}
        value={typed ?? value}
        onChange={(event) => { setTyped(event.target.value); onType(event.target.value.trim()); }}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => event.key === "Enter" && setTyped(null)}
      />
      {(wrong || note) && <span className={wrong ? "field-error" : "field-hint"} id={`${id}said`} role="status">{wrong || note}</span>}
    </div>
  );
}
