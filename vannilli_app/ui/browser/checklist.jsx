/** The checks of a file, before anything is spent on it. */
import { _ } from "./words.js";

/** What was looked for in the file, and what to do where it is not good; a warning may be left as it is. */
export function Checklist({ checks }) {
  const said = { good: _("Good"), warning: _("Better mend it"), error: _("Has to be mended") };
  return (
    <ul className="checklist">
      {checks.map(({ name, label, standing, detail }) => (
        <li key={name} data-standing={standing}>
          <span className="checklist-mark" role="img" aria-label={said[standing]}>{standing === "good" ? "\u2713" : "!"}</span>
          <span>{label}{label && detail && <br />}{detail && <span className="quiet">{detail}</span>}</span>
        </li>
      ))}
    </ul>
  );
}
