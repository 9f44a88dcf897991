// How amounts are written, and whether they are: one key hides all of them, on this device, until
// it is pressed again. A hidden amount is nowhere in the page, not merely out of sight.

import { useEffect, useState } from "preact/hooks";
import { UNKNOWN, grouped } from "./format";

const KEPT = "amounts";
const HIDDEN = "hidden";
const CHANGED = "amountschange";
/** Pressed anywhere but in a field, it hides or shows. */
export const HIDE_KEY = "h";
export const DOTS = "•••••";

let hidden = kept();

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT) === HIDDEN;
  } catch {
    return false; // a browser that keeps nothing: amounts are shown
  }
}

/** Hide all amounts, or show them again. */
export function hideAmounts(hide: boolean): void {
  hidden = hide;
  try {
    if (hide) localStorage.setItem(KEPT, HIDDEN);
    else localStorage.removeItem(KEPT);
  } catch {
    // it holds for this page
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** Whether amounts are hidden; follows the key, the button, and other tabs. */
export function useHidden(): boolean {
  const [now, setNow] = useState(hidden);
  useEffect(() => {
    const read = () => setNow(hidden);
    const elsewhere = (event: StorageEvent) => {
      if (event.key !== KEPT && event.key !== null) return;
      hidden = kept();
      read();
    };
    read();
    window.addEventListener(CHANGED, read);
    window.addEventListener("storage", elsewhere);
    return () => {
      window.removeEventListener(CHANGED, read);
      window.removeEventListener("storage", elsewhere);
    };
  }, []);
  return now;
}

/** The key that hides; active while the page that shows amounts is. */
export function useHideKey(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.toLowerCase() === HIDE_KEY) hideAmounts(!hidden);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

const CENTS = 2;
/** Below this a sum or price is written with as many decimals as it needs. */
const SMALL = 1;
const SMALL_DIGITS = 4;

/** A sum in USDT, "12,345.60"; what is below 1 keeps four digits that count. */
export function sum(text: string | null): string {
  if (text === null) return UNKNOWN;
  const minus = text.startsWith("-") ? "−" : "";
  const plain = text.replace("-", "");
  const value = Number(plain);
  if (value === 0 || value >= SMALL) return minus + grouped(rounded(plain, CENTS));
  const zeros = /^0\.(0*)/.exec(plain)?.[1]?.length ?? 0;
  return minus + rounded(plain, zeros + SMALL_DIGITS).replace(/0+$/, "").padEnd(4, "0");
}

/** The same with "+" before what is gained. */
export function signedSum(text: string | null): string {
  const written = sum(text);
  return text !== null && !text.startsWith("-") && Number(text) !== 0 ? `+${written}` : written;
}

/** A quantity as it is, "1,234.00500000" without the zeros at its end. */
export function quantity(text: string | null): string {
  if (text === null) return UNKNOWN;
  const trimmed = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return grouped(trimmed).replace("-", "−");
}

/** A percentage of the API with more decimals, with two. */
export function twoDecimals(percent: string | null): string | null {
  if (percent === null) return null;
  const plain = rounded(percent.replace("-", ""), CENTS);
  return percent.startsWith("-") && Number(plain) !== 0 ? `-${plain}` : plain;
}

/** A plain decimal to so many places, half away from zero; in whole digits, since a float would
 * change what it shows. */
function rounded(plain: string, places: number): string {
  const [whole = "0", part = ""] = plain.split(".");
  const digits = BigInt(whole + part.slice(0, places).padEnd(places, "0"));
  const up = (part[places] ?? "0") >= "5" ? 1n : 0n;
  const text = (digits + up).toString().padStart(places + 1, "0");
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}
