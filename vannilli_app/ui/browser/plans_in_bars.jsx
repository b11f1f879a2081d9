/** Every plan, with what it buys at the tempo that the calculator shows. */
import { PLANS, buys, countedBars, section } from "./music.js";
import { useTempo } from "./tempo.js";
import { N_, _, at, money, ngettext, number } from "./words.js";
import { Said } from "./words.jsx";

/**
 * @param {object} props
 * @param {string[]} props.plans tiers, in the order to show them
 * @param {(tier: string) => void} [props.onChoose] with it each plan can be chosen
 * @param {string} [props.current] the tier of whoever looks; empty for a visitor
 * @param {boolean} [props.hasPlan] whether that is a plan, which is changed on another page
 * @param {string} [props.busy] the tier that is being bought
 */
export function PlansInBars({ plans, onChoose, current = "", hasPlan = false, busy = "" }) {
  const tempo = useTempo();
  const part = section(tempo) ?? section({ ...tempo, bpm: "140", bars: "8" });
  return (
    <ul className="plans">
      {plans.map((tier) => {
        const plan = PLANS[tier];
        const bought = buys(tier, part);
        return (
          <li className="plan" key={tier}>
            <h3>{_(plan.name)}</h3>
            <p className="plan-price figures"><b>{money(plan.cents, true)}</b> <span className="quiet">{plan.every ? _(plan.every) : _("to start")}</span></p>
            {plan.cents === 0 ? (
              <>
                <p className="plan-buys"><b>{_("Drafts")}</b></p>
                <p className="quiet small figures">{_("And {n} credits: a paid render of {bars}.", { n: plan.credits, bars: countedBars(bought.bars) })}</p>
              </>
            ) : (
              <>
                <p className="plan-buys figures"><Said of={bought.bars === 1 ? _("{bars} bar at {bpm}") : _("{bars} bars at {bpm}")} bars={<b>{number(bought.bars)}</b>} bpm={number(tempo.bpm)} /></p>
                <p className="quiet small figures">{said(bought.sections, part.partName, tempo.bars)} {ngettext("{n} credit.", "{n} credits.", plan.credits)}</p>
              </>
            )}
            {onChoose && <Choose tier={tier} plan={plan} current={current} hasPlan={hasPlan} busy={busy} onChoose={onChoose} />}
          </li>
        );
      })}
    </ul>
  );
}

function Choose({ tier, plan, current, hasPlan, busy, onChoose }) {
  const monthly = plan.every === PLANS.artist.every;
  if (tier === current && (monthly || tier === "free")) return <p className="plan-choose plan-yours">{monthly ? _("Your plan") : _("You are here")}</p>;
  if (tier === "free") return <div className="plan-choose">{current === "" && <a className="button button-plain button-wide" href={at("/signup")}>{_("Start free")}</a>}</div>;
  if (monthly && hasPlan) return <div className="plan-choose"><a className="button button-plain button-wide" href={at("/account")}>{_("Change to {plan}", { plan: _(plan.name) })}</a></div>;
  return (
    <div className="plan-choose">
      <button type="button" disabled={busy !== ""} onClick={() => onChoose(tier)} className={`button button-wide ${tier === "artist" ? "button-main" : "button-plain"}${busy === tier ? " busy" : ""}`}>
        {busy === tier ? _("To the checkout") : _("Get {plan}", { plan: _(plan.name) })}
      </button>
    </div>
  );
}

const BOUGHT = {
  "Short Hook": [N_("Less than a short hook of {bars}."), N_("One short hook of {bars}."), N_("{count} short hooks of {bars}.")],
  Hook: [N_("Less than a hook of {bars}."), N_("One hook of {bars}."), N_("{count} hooks of {bars}.")],
  Verse: [N_("Less than a verse of {bars}."), N_("One verse of {bars}."), N_("{count} verses of {bars}.")],
  "Full Verse": [N_("Less than a full verse of {bars}."), N_("One full verse of {bars}."), N_("{count} full verses of {bars}.")],
  "Extended Section": [N_("Less than an extended section of {bars}."), N_("One extended section of {bars}."), N_("{count} extended sections of {bars}.")],
};

function said(count, partName, bars) {
  const [less, one, many] = BOUGHT[partName];
  const values = { bars: countedBars(bars), count };
  return count === 0 ? _(less, values) : count === 1 ? _(one, values) : _(many, values);
}
