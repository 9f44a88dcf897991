// A ring of shares that add up to 100.

const RADIUS = 40;
const ROUND = 2 * Math.PI * RADIUS;
const GAP = 1.500;
const SHADES = 7;

/** The colour class of the part at `place`; the last is for all that follow. */
export function shade(place: number): string {
  return `part-${Math.min(place, SHADES)}`;
}

export function Donut({ parts, said }: { parts: number[]; said: string }) {
  const starts = parts.map((_, place) => parts.slice(0, place).reduce((sum, each) => sum + each, 0));
  const [most = 0] = parts;
  return (
    <svg class="donut" viewBox="0 0 100 100" role="img" aria-label={said}>
      {parts.map((part, place) => {
        const length = (part / 100) * ROUND;
        const drawn = parts.length > 1 ? Math.max(length - GAP, 0.6) : length;
        return (
          <circle
            key={place}
            class={shade(place)}
            cx="50"
            cy="50"
            r={RADIUS}
            stroke-dasharray={`${drawn} ${ROUND}`}
            stroke-dashoffset={-((starts[place] ?? 0) / 100) * ROUND}
          />
        );
      })}
      <text x="50" y="51">{most} %</text>
      <text class="small" x="50" y="63">largest</text>
    </svg>
  );
}
