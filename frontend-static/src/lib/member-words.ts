// Made from docs/words.md by scripts/words.mjs; change it there.

export const memberWords = {
  session_ended: {
    said: "Please sign in again.",
    explained: "Your session has ended. Everything on this page stays as it is, and what you were doing goes on.",
  },
  not_signed_in: {
    said: "This was not done: sign in again first.",
    explained: "",
  },
  fill_in: {
    said: "Fill this in.",
    explained: "",
  },
  code_short: {
    said: "The code has six digits.",
    explained: "",
  },
  offline_form: {
    said: "You are offline.",
    explained: "What you typed is still here; send it again when you are back.",
  },
  failed_form: {
    said: "The league does not answer just now.",
    explained: "What you typed is still here; try again in a moment.",
  },
} as const;

export type MemberWord = keyof typeof memberWords;
