// Made from docs/words.md by scripts/words.mjs; change it there.

export const ownWords = {
  balance: {
    said: "Balance",
    explained: "All that the linked accounts hold now, at the exchange's latest prices; it moves with the market. It is the only live number: all others end at the last full hour. An account in which nothing happens is silent, and right. Coins that never had a price are left out.",
  },
  own_returns: {
    said: "How my returns came about",
    explained: "Profit or loss is what there was at the end, less what there was at the start, less what came in, plus what went out. The return with deposits taken out multiplies the hours together. The return on all the money sets the profit against all that was at work, each sum for as long as it was there. The first is shown and ranked, unless more came in than was there before: then the lower of the two.",
  },
  own_coins: {
    said: "My coins",
    explained: "What the linked accounts hold now, at the exchange's latest prices. Share is the coin's part of the balance.",
  },
  average_cost: {
    said: "Average cost",
    explained: "What one coin cost on average, from the last time that there was none of it. What came in without being bought counts at its price then. A dash: the purchases lie further back than the newest 1,000 entries.",
  },
  last_buy: {
    said: "Last buy",
    explained: "The price of the last order or conversion that brought more of the coin. “Since then” is the latest price against it.",
  },
  daily_profit: {
    said: "Profit and loss by day",
    explained: "For each day (UTC): what there was at its end, less what there was at its start, less what came in, plus what went out. The running day ends at the last full hour.",
  },
  net_worth: {
    said: "Net worth",
    explained: "What the linked accounts were worth at the end of each day (UTC), today at the last full hour. ▲ below the line: money came in on that day. ▼ above it: money went out. Linking an account counts as coming in.",
  },
  own_trades: {
    said: "My trades",
    explained: "Every single trade, to the second, as the exchange tells it. The total is in the second coin of the pair. Others see what you chose in your settings.",
  },
  transactions: {
    said: "My transactions",
    explained: "All that changed a balance and was no trade: deposits, withdrawals, transfers, interest and the like. The value is that of the price of its minute.",
  },
  no_days: {
    said: "Nothing to draw yet.",
    explained: "It needs days with a value. The first comes with the first full hour.",
  },
  no_coins: {
    said: "Nothing is held.",
    explained: "Your linked accounts are empty, or none is linked.",
  },
  no_transactions: {
    said: "No transactions in these days.",
    explained: "Choose a longer time above.",
  },
  no_follows: {
    said: "You follow nobody yet.",
    explained: "Press the star beside a trader on the board, and his numbers stand here.",
  },
  not_listed: {
    said: "not listed now",
    explained: "This trader is not on the board just now, so there are no numbers.",
  },
  sign_in_to_follow: {
    said: "Sign in to see whom you follow.",
    explained: "Following is for members; it costs nothing, and the trader sees only how many follow.",
  },
} as const;

export type OwnWord = keyof typeof ownWords;
