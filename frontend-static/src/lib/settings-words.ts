// Made from docs/words.md by scripts/words.mjs; change it there.

export const settingsWords = {
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
} as const;

export type SettingsWord = keyof typeof settingsWords;
