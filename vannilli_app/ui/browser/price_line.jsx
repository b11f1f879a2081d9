/** What the section costs, always in sight, and the way on to the camera. */
import { useEffect, useState } from "react";
import { api } from "./api.js";
import { saved, useDraft } from "./draft.js";
import { dollars, refusal, section } from "./music.js";
import { useTempo } from "./tempo.js";
import { N_, _, ngettext } from "./words.js";

const PAID = N_("Paid: {credits} ({price})");
const HAVING = N_("Paid: {credits} ({price}), you have {available}");

/** @param {{next: string}} props where the camera is; the project is added */
export function PriceLine({ next }) {
  const draft = useDraft();
  const tempo = useTempo();
  const [balance, setBalance] = useState(null);
  const [missing, setMissing] = useState("");
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    api("GET", "/api/credits/balance", undefined, { signal: abort.signal }).then(setBalance, () => {});
    return () => abort.abort();
  }, []);
  useEffect(() => setMissing(""), [draft.project, tempo]);

  const part = section(tempo);

  async function goOn() {
    const lacks = refusal(tempo)?.message ?? (draft.project.has_image ? "" : _("Choose a picture first: it is who performs."));
    setMissing(lacks);
    if (lacks) {
      document.getElementById(refusal(tempo) ? "section" : "picture")?.scrollIntoView({ block: "start", behavior: "smooth" });
      return;
    }
    setLeaving(true);
    try {
      location.assign(`${next}?project=${await saved()}`);
    } catch (problem) {
      setLeaving(false);
      setMissing(problem.message);
    }
  }
  return (
    <div className="price-line">
      <div className="price-line-inner">
        <p className="price-words figures" aria-live="polite">
          {missing || !part ? (
            <b>{missing || refusal(tempo).message}</b>
          ) : (
            <>
              <b>{_("This {part} is {seconds}: a draft is free", { part: _(part.partName), seconds: ngettext("{n} second", "{n} seconds", part.billed) })}</b>
              <span className="quiet small">
                {_(balance ? HAVING : PAID, {
                  credits: ngettext("{n} credit", "{n} credits", part.billed),
                  price: dollars(part.billed, balance?.tier),
                  available: balance?.available,
                })}
              </span>
            </>
          )}
        </p>
        <button type="button" className={`button button-main${leaving ? " busy" : ""}`} onClick={goOn} disabled={leaving}>{_("Perform it")}</button>
      </div>
    </div>
  );
}
