// Made from docs/words.md by scripts/words.mjs; change it there.

export const words = {
  return: {
    said: "Return",
    explained: "How much the trader's money grew, deposits taken out: the hours are multiplied together, and money that is paid in or taken out counts as neither gain nor loss. The time ends at the last full hour. If more money was paid in than was there before, the lower of this and the return on all the money is shown, so that a win on pocket money followed by a fortune earns no rank.",
  },
  rank: {
    said: "Rank",
    explained: "All traders with at least 100 USDT and enough hours of data are put in order of their return. Equal returns: the smaller drawdown comes first, then who joined earlier. The arrow tells the change since the hour before.",
  },
  drawdown: {
    said: "Max drawdown",
    explained: "The worst fall from a peak to a later low, taken from the value at each full hour, deposits taken out. It is about the chosen time; for 7 and 30 days it begins at midnight UTC.",
  },
  followers: {
    said: "Followers",
    explained: "How many members follow this trader. Copies of this number may be an hour old.",
  },
  trend: {
    said: "Trend",
    explained: "The course of the return over the chosen time, drawn from its lowest to its highest point. It shows the shape, not the size: two lines of the same height can be very different returns.",
  },
  median: {
    said: "Median return",
    explained: "Half of the traders did better than this, half did worse. All who have a return in the chosen time count, also those who have left.",
  },
  joined: {
    said: "Joined",
    explained: "All who ever linked an exchange account.",
  },
  active: {
    said: "Active",
    explained: "Those with a linked exchange account now.",
  },
  left: {
    said: "Left",
    explained: "Those who took their account away. They stay in this count and in the median, so that nobody's losses disappear.",
  },
  ranked: {
    said: "Ranked",
    explained: "Those who have a rank in the chosen time.",
  },
  cumulative: {
    said: "Return against Bitcoin",
    explained: "Both lines begin at 0 % on the first day. The trader's line is the return with deposits taken out, at the end of each day (UTC); today's point is the last full hour. Bitcoin's line uses the prices of the same moments.",
  },
  allocation: {
    said: "What the money is in",
    explained: "Each coin's share of all the trader has, in whole percent, as of the last midnight UTC. Coins that few people trade are put together as “other coins”. Nobody sees the amounts.",
  },
  coin_24h: {
    said: "24 h",
    explained: "The price of the coin at the last midnight UTC against its price 24 hours before. It is the coin's own change, not the trader's gain.",
  },
  coin_since_buy: {
    said: "Since last buy",
    explained: "The coin's price at the last midnight UTC against its price at the end of the hour of the trader's last buy. A dash means that no buy is known.",
  },
  volatility: {
    said: "Volatility",
    explained: "How much the daily returns swing, scaled to a year: the standard deviation of the last 30 full days, times √365. It needs all 30 days.",
  },
  sharpe: {
    said: "Sharpe ratio",
    explained: "Average daily return divided by its swing, scaled to a year, with no interest taken off. Above 1 is good, if it lasts. It needs the last 30 full days.",
  },
  sortino: {
    said: "Sortino ratio",
    explained: "Like the Sharpe ratio, but only days with a loss count as swing. It needs the last 30 full days, and at least one with a loss.",
  },
  trades: {
    said: "Trades",
    explained: "One row for each hour, pair and side, after the hour has closed. The price is the pair's price at the end of that hour, not the trader's own. The size is a range: its share of all the trader had. So a trade can be learned from, and the list does not tell the balance.",
  },
  limited: {
    said: "limited: large deposit",
    explained: "More money was paid in during this time than was there before. So the lower of two returns is shown: the one with deposits taken out, and the one on all the money.",
  },
  not_ranked_yet: {
    said: "not ranked yet",
    explained: "A rank needs a full 24 h, 7 days or 30 days of data and at least 100 USDT at their start. Hours from before joining never count.",
  },
  old_data: {
    said: "old data",
    explained: "The exchange has not been heard for this trader, or a price is too old. The number is the last one that could be computed; the rank comes back with the data.",
  },
  locked: {
    said: "only you see this",
    explained: "Others do not get this part at all: it is not in what the league sends them.",
  },
  left_league: {
    said: "left the league",
    explained: "The trader took the exchange account away. The record stays, without a rank.",
  },
  before_joining: {
    said: "before joining",
    explained: "Taken from the exchange's own history of the time before the account was linked. It is drawn with a dashed line and never ranked.",
  },
  trading: {
    said: "trading",
    explained: "The exchange trades this coin now.",
  },
  halted: {
    said: "trading halted",
    explained: "The exchange lists this coin, but it cannot be traded just now. The last price is kept.",
  },
  delisted: {
    said: "no longer listed",
    explained: "The exchange has taken this coin off its list. The last price is kept.",
  },
  stale_price: {
    said: "old price",
    explained: "Nothing was heard of this coin's price for more than two hours.",
  },
  not_valued: {
    said: "no price yet",
    explained: "This coin never had a price. It counts for nothing until it has one.",
  },
  other_coins: {
    said: "other coins",
    explained: "Coins that few people trade, put together so that nobody can be recognised by them.",
  },
  maintenance: {
    said: "under maintenance",
    explained: "Numbers go on from the last prices.",
  },
  unreachable: {
    said: "not answering",
    explained: "What happens there is read as soon as it answers.",
  },
  banned: {
    said: "refusing our questions for now",
    explained: "We ask again at the time it has stated.",
  },
  region_refused: {
    said: "not serving the place we ask from",
    explained: "Numbers wait until this is put right.",
  },
  offline: {
    said: "You are offline.",
    explained: "What you see is the last that was loaded. It renews itself when you are back.",
  },
  failed: {
    said: "The league does not answer just now.",
    explained: "It is not you. We try again by ourselves; you can also do it now.",
  },
  late: {
    said: "These numbers are late.",
    explained: "The last full hour has not been ranked yet. The league is catching up; nothing is lost.",
  },
  replaced: {
    said: "There is a newer board.",
    explained: "The page you asked for belongs to a board that has been replaced. Begin again at its first page.",
  },
  own_not_on_board: {
    said: "You are not on the board.",
    explained: "Link an exchange account, or let yourself be listed in your settings.",
  },
  nobody: {
    said: "Nobody is on the board yet.",
    explained: "The first trader appears at the first full hour after linking an exchange account.",
  },
  no_board: {
    said: "The first hour has not closed yet.",
    explained: "The board appears at the next full hour.",
  },
  no_match: {
    said: "No name begins with these letters.",
    explained: "Search goes by the start of a name; large and small letters are the same.",
  },
  end_of_list: {
    said: "There are no more traders on this board.",
    explained: "Begin again at its first page.",
  },
  unknown_trader: {
    said: "There is no such trader.",
    explained: "The name may be misspelt, or this trader chose not to be listed.",
  },
  hidden_allocation: {
    said: "Not shown.",
    explained: "The trader chose not to show this to everyone, or the first midnight (UTC) has not passed.",
  },
  hidden_trades: {
    said: "Trades are not shown.",
    explained: "The trader chose not to show them to everyone.",
  },
  no_trades: {
    said: "No trades in these days.",
    explained: "Choose a longer time above.",
  },
  no_line: {
    said: "There is no line to draw yet.",
    explained: "It needs two points in the chosen days. The first comes with the first full hour.",
  },
} as const;

export type Word = keyof typeof words;
