/** Revenue and cost of each day as bars side by side. The table below says the same in numbers. */

const WIDTH = 720;
const HEIGHT = 200;
const FOOT = 28;
const SIDE = 66;

/**
 * @param {{days: {label: string, revenue: number, cost: number}[], summary: string}} props
 * Money in dollars. `summary` is what a screen reader says instead.
 */
export function DayChart({ days, summary }) {
  const most = Math.max(...days.flatMap((day) => [day.revenue, day.cost]), 0);
  const top = roundUp(most);
  const room = (WIDTH - SIDE) / Math.max(days.length, 1);
  const bar = Math.min(room * 0.38, 26);
  const height = (value) => (top ? (Math.max(value, 0) / top) * (HEIGHT - FOOT - 8) : 0);
  const every = Math.ceil(days.length / 6);
  const foot = HEIGHT - FOOT;
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary}>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line className="chart-line" x1={SIDE} x2={WIDTH} y1={foot - height(top * part)} y2={foot - height(top * part)} />
            <text className="chart-label" x={SIDE - 6} y={foot - height(top * part) + 4} textAnchor="end">{short(top * part)}</text>
          </g>
        ))}
        {days.map((day, index) => {
          const middle = SIDE + room * (index + 0.5);
          return (
            <g key={day.label}>
              <title>{`${day.label}: earned $${day.revenue.toFixed(2)}, cost $${day.cost.toFixed(2)}`}</title>
              <rect className="chart-hit" x={middle - room / 2} width={room} y={0} height={foot} />
              <rect className="chart-revenue" x={middle - bar} width={bar - 1} y={foot - height(day.revenue)} height={height(day.revenue)} />
              <rect className="chart-cost" x={middle} width={bar - 1} y={foot - height(day.cost)} height={height(day.cost)} />
              {index % every === 0 && <text className="chart-label" x={middle} y={HEIGHT - 5} textAnchor="middle">{day.label}</text>}
            </g>
          );
        })}
      </svg>
      <figcaption className="row small quiet" aria-hidden="true">
        <span className="key key-revenue">Earned by videos</span>
        <span className="key key-cost">Cost of their making</span>
      </figcaption>
    </figure>
  );
}

/** The next 1, 2, 2.5 or 5 times a power of ten. */
function roundUp(value) {
  if (value <= 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 2, 2.5, 5, 10].find((step) => step * unit >= value);
}

const short = (value) => (value >= 1000 ? `$${+(value / 1000).toFixed(1)}k` : `$${+value.toFixed(2)}`);
