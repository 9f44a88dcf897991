// What is said: a word of the list that every page has, or a sentence of another list.

import { type Word, words } from "./words";

export type Sentence = { said: string; explained: string };
export type Said = Word | Sentence;

export function sentence(of: Said): Sentence {
  return typeof of === "string" ? words[of] : of;
}
