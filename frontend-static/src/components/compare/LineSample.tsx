// How a trader's line looks on the chart: its number, colour and dashes.

const DASHES = ["", "11 5", "2 4", "12 4 2 4"];

export function LineSample({ place, short = false }: { place: number; short?: boolean }) {
  return (
    <svg
      class={`sample line-${place + 1}`}
      viewBox={short ? "26 0 18 18" : "0 0 44 18"}
      width={short ? 18 : 44}
      height="18"
      aria-hidden="true"
    >
      {!short && <line x1="0" x2="26" y1="9" y2="9" stroke-dasharray={DASHES[place]} />}
      <circle cx="35" cy="9" r="8" />
      <text x="35" y="13">{place + 1}</text>
    </svg>
  );
}
