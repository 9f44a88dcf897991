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
  privacy_listed: {
    said: "Listed",
    explained: "You are on the board and found by your name.",
  },
  privacy_unlisted: {
    said: "Not listed",
    explained: "You have no profile for others, no place on the board and no rank; you still count in the league's numbers.",
  },
  privacy_guarded: {
    said: "By the hour, rounded",
    explained: "Others see one row per hour, pair and side, after the hour has closed, with the closing price of the hour and the size as a range of percent of all you had; of less traded coins the day alone, once it is over, and of thinly traded coins nothing.",
  },
  privacy_exact: {
    said: "Every trade exactly",
    explained: "Others see every fill with its second and price, but no quantity. Your balance can be worked out from that.",
  },
  privacy_hidden: {
    said: "None",
    explained: "Nobody but you sees your trades.",
  },
  privacy_everyone: {
    said: "Everyone",
    explained: "",
  },
  privacy_followers: {
    said: "Those who follow you; anyone can",
    explained: "",
  },
  privacy_nobody: {
    said: "Nobody but you",
    explained: "",
  },
  not_saved: {
    said: "You have changes that are not saved.",
    explained: "",
  },
  saved: {
    said: "Saved.",
    explained: "Others see it so by then at the latest, as copies of pages are kept to the full hour:",
  },
  name_stays: {
    said: "Your name",
    explained: "It cannot be changed: the record belongs to it.",
  },
  email_changes_after_code: {
    said: "The old address counts until you have entered the code that goes to the new one.",
    explained: "",
  },
  email_changed: {
    said: "Your address is changed.",
    explained: "A letter about it went to the old one.",
  },
  app_what: {
    said: "A second factor",
    explained: "An authenticator app shows a code of six digits that changes every half minute. It is asked for after the password, so the password alone lets nobody in.",
  },
  app_scan: {
    said: "Scan this with your authenticator app, or type the secret into it.",
    explained: "",
  },
  app_keep: {
    said: "Write the secret down and keep it where you find it without your phone.",
    explained: "There are no other codes: who loses the app has to ask the operator.",
  },
  app_on: {
    said: "The second factor is on.",
    explained: "From now on the code is asked for at each sign-in.",
  },
  app_off: {
    said: "The second factor is off.",
    explained: "",
  },
  leave_removed_name: {
    said: "Your name",
    explained: "your name; others may take it from now on",
  },
  leave_removed_identity: {
    said: "Your way in",
    explained: "your e-mail address, password and second factor, with all sessions",
  },
  leave_removed_keys: {
    said: "Your keys",
    explained: "the keys of all your exchange accounts, which are unlinked",
  },
  leave_removed_follows: {
    said: "Your follows",
    explained: "whom you follow, and who follows you",
  },
  leave_removed_profile: {
    said: "Your profile",
    explained: "your settings and your profile, and what was imported from before you joined",
  },
  leave_removed_secret: {
    said: "Your rows",
    explained: "the secret of your rows in the public files of the hours: from the next hour on they have no name, and what was committed to in them can be opened by nobody",
  },
  leave_stays_number: {
    said: "A number",
    explained: "a number in the league's statistics, without a name, which leads to nobody: it counts as joined and retired, and in medians of hours gone by",
  },
  leave_stays_values: {
    said: "Values",
    explained: "the hourly values and ledger entries behind these statistics, under that number",
  },
  leave_stays_uid: {
    said: "The exchange's number",
    explained: "the exchange's own number of each account, so that nobody can start anew with it at once; delete the API keys at the exchange yourself, too",
  },
  leave_sure: {
    said: "This cannot be undone.",
    explained: "",
  },
  left_for_good: {
    said: "You have left the league.",
    explained: "Thank you for having been here.",
  },
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
    explained: "It counts from now on. The time from before is being fetched; the first rank comes with the first full 24 hours.",
  },
  first_hour: {
    said: "The first full hour has not closed yet.",
    explained: "After it you see here when you will be ranked.",
  },
  only_you: {
    said: "Only you see this: a preview.",
    explained: "Hours from before joining are in it, so it is no rank yet.",
  },
  first_line: {
    said: "Your last 30 days",
    explained: "The dashed part is from before joining: taken from the exchange's own history, and never ranked.",
  },
} as const;

export type MemberWord = keyof typeof memberWords;
