/** Every plan, with what it buys at the tempo that the calculator shows. */
import { PLANS, buys, countedBars, money, section } from "./music.js";
import { useTempo } from "./tempo.js";

/** @param {{plans: string[]}} props tiers, in the order to show them */
export function PlansInBars({ plans }) {
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
          </li>
        );
      })}
    </ul>
  );
}

function said(count, partName, bars) {
  const name = partName.toLowerCase();
  if (count === 0) return `Less than a ${name} of ${countedBars(bars)}.`;
  if (count === 1) return `One ${name} of ${countedBars(bars)}.`;
  return `${count} ${name}s of ${countedBars(bars)}.`;
}
