// A QR code as one path of an SVG.

import { encode } from "uqr";

const BORDER = 4;

/** The dark squares of the code of `text`, each 1 × 1, and the length of its sides. */
export function drawn(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { border: BORDER, ecc: "M" });
  const rows = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
  return { path: rows.join(""), size };
}
