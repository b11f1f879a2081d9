/** The checks of a file, before anything is spent on it. */
import { _ } from "./words.js";

const PICTURES = {
  face: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 10v.5M15 10v.5M8.5 14.5c1.8 2 5.2 2 7 0",
  mouth: "M2 12c3-5 7-5 10-3c3-2 7-2 10 3c-4 6-16 6-20 0M2 12c6 1.6 14 1.6 20 0",
  light: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  sharp: "M3 8V3h5M16 3h5v5M21 16v5h-5M8 21H3v-5M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
  shape: "M8 3h8v18H8zM3 8v8M21 8v8",
  length: "M3 4v16M21 4v16M6 12h12M9 9l-3 3l3 3M15 9l3 3l-3 3",
};

/** What was looked for in the file, and what to do where it is not good; a warning may be left as it is. */
export function Checklist({ checks }) {
  const said = { good: _("Good"), warning: _("Better mend it"), error: _("Has to be mended") };
  return (
    <ul className="checklist">
      {checks.map(({ name, label, standing, detail }) => (
        <li key={name} data-standing={standing}>
          <svg className="checklist-picture" viewBox="0 0 24 24" aria-hidden="true"><path d={PICTURES[name]} /></svg>
          <span>{label}{label && detail && <br />}{detail && <span className="quiet">{detail}</span>}</span>
          <span className="checklist-mark" role="img" aria-label={said[standing]}>{standing === "good" ? "\u2713" : "!"}</span>
        </li>
      ))}
    </ul>
  );
}
