// What a name, an address and a password are made of: the API's own rules, told while one types.

import type { MemberWord } from "./member-words";

export type Rule = { of: MemberWord; holds: boolean };

export function nameRules(name: string): Rule[] {
  return [
    { of: "name_length", holds: name.length >= 3 && name.length <= 30 },
    { of: "name_letters", holds: /^[A-Za-z0-9_.-]+$/.test(name) },
    { of: "name_begins", holds: !name.startsWith(".") && /[A-Za-z0-9]/.test(name) },
  ];
}

export function passwordRules(password: string, name = "", email = ""): Rule[] {
  const length = [...password].length;
  const folded = password.toLowerCase();
  const own = [name, email, email.split("@")[0] ?? ""].map((each) => each.toLowerCase());
  return [
    { of: "password_length", holds: length >= 10 && length <= 90 },
    { of: "password_own", holds: password !== "" && !own.includes(folded) },
    { of: "password_plain", holds: password !== "" && password === password.trim() && !/\p{C}/u.test(password) },
  ];
}

/** Only what is surely no address; the letter decides. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text.trim());
}
