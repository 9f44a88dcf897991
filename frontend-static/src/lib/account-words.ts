// Made from docs/words.md by scripts/words.mjs; change it there.

export const accountWords = {
  account_checking: {
    said: "checking",
    explained: "The key is being looked at. That takes a few seconds.",
  },
  account_importing: {
    said: "bringing in the past",
    explained: "It counts from now on. The time from before is being fetched.",
  },
  account_live: {
    said: "live",
    explained: "Every trade, deposit and withdrawal comes in as it happens.",
  },
  account_stale: {
    said: "interrupted",
    explained: "Its numbers wait; nothing is lost.",
  },
  account_refused: {
    said: "key not taken",
    explained: "The key was looked at and is not used.",
  },
  account_key_revoked: {
    said: "key no longer works",
    explained: "The exchange does not take it any more. Link a new one: the account and its record go on.",
  },
  account_permissions_widened: {
    said: "key may do too much",
    explained: "It may do more than read now, so it is not used.",
  },
  account_unlinked: {
    said: "unlinked",
    explained: "Its key is destroyed. The record stays.",
  },
  no_accounts: {
    said: "No account is linked yet.",
    explained: "Your record begins with the first full hour after you link one.",
  },
  unlink_what: {
    said: "Unlink this account?",
    explained: "Our copy of its key is destroyed at once, and its numbers stop. Your record stays. When it was your last account you leave the board: the record is listed last for 30 days, then found by search. You can link it again at any time.",
  },
  unlinked_now: {
    said: "Unlinked.",
    explained: "Our copy of the key is destroyed. You can delete the key at the exchange, too.",
  },
  link_see: {
    said: "What we see",
    explained: "The balances of your spot account, and its trades, deposits and withdrawals: from now on as they happen, and up to 90 days back.",
  },
  link_cannot: {
    said: "What we cannot do",
    explained: "Trade, withdraw, move or borrow anything. A key that may do more than read is refused at once, and looked at again every day.",
  },
  link_others: {
    said: "What others see",
    explained: "Your return and rank, never amounts. What else is shown, you decide in the settings.",
  },
  link_end: {
    said: "How to end it",
    explained: "Unlink it here, and our copy of the key is destroyed at once. Or delete the key at Binance: Account, API Management, Delete. Either alone is enough.",
  },
  guide_tick: {
    said: "tick this alone",
    explained: "",
  },
  guide_leave: {
    said: "leave empty",
    explained: "",
  },
  guide_address: {
    said: "leave it so: our addresses change",
    explained: "",
  },
  guide_where: {
    said: "On Binance's page",
    explained: "Account, API Management, Create API. Choose System-generated for a key with a secret, Self-generated for a key pair. Then Edit restrictions.",
  },
  guide_drawing: {
    said: "A drawing of ours; the page itself may look a little different.",
    explained: "",
  },
  key_length: {
    said: "letters and digits, but those of Binance have 64; copy it whole.",
    explained: "",
  },
  key_signs: {
    said: "There is a space or a sign in it that is no letter A to Z and no digit; copy it again.",
    explained: "",
  },
  key_same: {
    said: "This is the API key once more. The secret key is the other of the two, which Binance shows only once.",
    explained: "",
  },
  secret_once: {
    said: "It goes in once and never comes out. The field is emptied as soon as we have it.",
    explained: "",
  },
  pair_what: {
    said: "The safer way",
    explained: "We make a pair of keys; you register its public half at Binance. The private half never leaves us, and nothing secret passes through your browser. It also proves that the account is yours.",
  },
  pair_register: {
    said: "Register this public key at Binance (Self-generated), with Enable Reading alone. Then put in the API key that Binance shows.",
    explained: "",
  },
  take_back_what: {
    said: "Somebody else has linked this account: take it back",
    explained: "The other's link ends, its key is destroyed, and the account starts at zero here.",
  },
  taken: {
    said: "We have it.",
    explained: "The key is being looked at; this takes a few seconds.",
  },
  linked: {
    said: "Your account is linked.",
    explained: "The first rank comes with the first full 24 hours.",
  },
  first_hour: {
    said: "The first full hour has not closed yet.",
    explained: "After it you see here when you will be ranked.",
  },
  only_you: {
    said: "Only you see this: a preview.",
    explained: "A preview counts hours from before joining, too. It is no rank: that takes hours since you joined alone.",
  },
  first_line: {
    said: "Your last 30 days",
    explained: "The dashed part is from before joining: taken from the exchange's own history, and never ranked.",
  },
} as const;

export type AccountWord = keyof typeof accountWords;
