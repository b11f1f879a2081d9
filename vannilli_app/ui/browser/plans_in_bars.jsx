/** Every plan, with what it buys at the tempo that the calculator shows. */
import { PLANS, buys, countedBars, money, section } from "./music.js";
import { useTempo } from "./tempo.js";

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
            <h3>{plan.name}</h3>
            <p className="plan-price figures"><b>{money(plan.cents, true)}</b> <span className="quiet">{plan.every || "to start"}</span></p>
            {plan.cents === 0 ? (
              <>
                <p className="plan-buys"><b>Drafts</b></p>
                <p className="quiet small figures">And {plan.credits} credits: a paid render of {countedBars(bought.bars)}.</p>
              </>
            ) : (
              <>
                <p className="plan-buys figures"><b>{bought.bars}</b> {bought.bars === 1 ? "bar" : "bars"} at {tempo.bpm}</p>
                <p className="quiet small figures">{said(bought.sections, part.partName, tempo.bars)} {plan.credits} credits.</p>
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
  const monthly = plan.every === "a month";
  if (tier === current && (monthly || tier === "free")) return <p className="plan-choose plan-yours">{monthly ? "Your plan" : "You are here"}</p>;
  if (tier === "free") return <div className="plan-choose">{current === "" && <a className="button button-plain button-wide" href="/signup">Start free</a>}</div>;
  if (monthly && hasPlan) return <div className="plan-choose"><a className="button button-plain button-wide" href="/account">Change to {plan.name}</a></div>;
  return (
    <div className="plan-choose">
      <button type="button" disabled={busy !== ""} onClick={() => onChoose(tier)} className={`button button-wide ${tier === "artist" ? "button-main" : "button-plain"}${busy === tier ? " busy" : ""}`}>
        {busy === tier ? "To the checkout" : `Get ${plan.name}`}
      </button>
    </div>
  );
}

function said(count, partName, bars) {
  const name = partName.toLowerCase();
  if (count === 0) return `Less than a ${name} of ${countedBars(bars)}.`;
  if (count === 1) return `One ${name} of ${countedBars(bars)}.`;
  return `${count} ${name}s of ${countedBars(bars)}.`;
}
