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
  signed_out_here: {
    said: "You are signed out.",
    explained: "What you see is the last that was loaded.",
  },
  members_only: {
    said: "This page is yours alone.",
    explained: "Sign in, and you stay right here.",
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
  name_length: {
    said: "3 to 30 characters",
    explained: "Take 3 to 30 characters.",
  },
  name_letters: {
    said: "letters a to z, digits, dash, dot or underscore",
    explained: "Use letters a to z, digits, dashes, dots and underscores alone.",
  },
  name_begins: {
    said: "begins with no dot, has a letter or digit",
    explained: "Begin with something other than a dot, and use at least one letter or digit.",
  },
  password_length: {
    said: "10 to 90 characters",
    explained: "Take 10 to 90 characters.",
  },
  password_own: {
    said: "not your name or address",
    explained: "Take something other than your name or address.",
  },
  password_plain: {
    said: "no space at either end",
    explained: "Leave out the space at the beginning or end, and signs that cannot be seen.",
  },
  email_form: {
    said: "This is no e-mail address.",
    explained: "Write it like ada@example.org.",
  },
  name_is_public: {
    said: "Everyone sees this name. It cannot be changed later, since the record belongs to it.",
    explained: "",
  },
  email_is_private: {
    said: "Nobody sees it. We write to it only about signing in.",
    explained: "",
  },
  code_sent: {
    said: "If that can be, a code is on its way.",
    explained: "It comes by e-mail within a minute or two; look among the unwanted mail, too. If you are a member already, the letter says so.",
  },
  code_sent_again: {
    said: "A new code is on its way.",
    explained: "Only the newest one counts.",
  },
  code_late: {
    said: "Codes are good for a while, and once.",
    explained: "Ask for a new one if yours was too late. Confirmed already? Then just sign in.",
  },
  confirmed: {
    said: "Your address is confirmed.",
    explained: "Sign in with the password you chose.",
  },
  password_changed: {
    said: "Your password is changed.",
    explained: "All sessions have ended, here and elsewhere. Sign in with the new one.",
  },
  forgot_lead: {
    said: "You get a code by e-mail, and set a new password with it.",
    explained: "",
  },
} as const;

export type MemberWord = keyof typeof memberWords;
