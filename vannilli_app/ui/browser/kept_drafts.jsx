/** Drafts that this browser holds, where there is no connection to fetch the list. */
import { useEffect, useState } from "react";
import { useOnline } from "./app_bar.jsx";
import { keptDrafts } from "./local_files.js";
import { countedBars } from "./music.js";
import { _, at, number } from "./words.js";

export function KeptDrafts() {
  const online = useOnline();
  const [drafts, setDrafts] = useState([]);
  useEffect(() => { if (!online) keptDrafts().then(setDrafts); }, [online]);
  if (online || !drafts.length) return null;
  return (
    <section className="stack" aria-label={_("Drafts on this device")}>
      <h2>{_("Drafts on this device")}</h2>
      <ul className="stack-tight">
        {drafts.map(({ id, track_name, bars, bpm }) => (
          <li key={id}><a href={`${at("/studio/new")}?project=${id}`}>{track_name}</a> <span className="quiet figures">{countedBars(bars)} · {number(bpm)}</span></li>
        ))}
      </ul>
    </section>
  );
}
