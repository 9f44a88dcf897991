// Made from docs/words.md by scripts/words.mjs; change it there.

export const compareWords = {
  compared_return: {
    said: "Return from the same day on",
    explained: "All lines begin at 0 % on the first day that is shown. Each is the return with deposits taken out, at the end of each day (UTC); today's point is the last full hour.",
  },
  first_day_in_common: {
    said: "They are compared from the first of these days on which all of them have a number in the league",
    explained: "Days from before joining do not count.",
  },
  no_day_in_common: {
    said: "There is no day that all of them have.",
    explained: "Choose a longer time, or take off who joined last. Days from before joining do not count.",
  },
  nobody_compared: {
    said: "Choose two to four traders.",
    explained: "Find them by name above. The address of this page keeps them, so that it can be sent to somebody.",
  },
  one_compared: {
    said: "One more makes it a comparison.",
    explained: "Find another trader by name above.",
  },
} as const;

export type CompareWord = keyof typeof compareWords;
