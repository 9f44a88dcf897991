// The course of a return, 0 to 100, oldest first; a gap is null. Decoration: the number is beside it.

const WIDTH = 96;
const HEIGHT = 28;
const EDGE = 3;

export function Sparkline({ trend, tone }: { trend: (number | null)[]; tone: string }) {
  const points = trend.map((value, place) =>
    value === null ? null : ([x(place, trend.length), y(value)] as const),
  );
  const known = points.filter((point) => point !== null);
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || known.length < 2) return <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  return (
    <svg class={`spark ${tone}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line x1="0" x2={WIDTH} y1={first[1]} y2={first[1]} />
      <path d={path(points)} />
      <circle cx={last[0]} cy={last[1]} r="2.200" />
    </svg>
  );
}

function x(place: number, count: number): number {
  return EDGE + (place * (WIDTH - 2 * EDGE)) / Math.max(count - 1, 1);
}

function y(value: number): number {
  return EDGE + ((100 - value) * (HEIGHT - 2 * EDGE)) / 100;
}

function path(points: (readonly [number, number] | null)[]): string {
  return points
    .map((point, place) => {
      if (point === null) return "";
      const pen = points[place - 1] ? "L" : "M";
      return `${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    })
    .join("");
}
