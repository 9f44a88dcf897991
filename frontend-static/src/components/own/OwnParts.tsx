// One's own profile below its head: what everyone sees, and what is one's own. Loaded late.

import "../../styles/own.css";
import { useAnswer } from "../../lib/answer";
import type { Balance, Performance, WindowName } from "../../lib/api";
import type { Loaded } from "../../lib/answer";
import { Failed } from "../Notice";
import { LineCard } from "../LineCard";
import type { PartsProps } from "../ProfileParts";
import { Risk } from "../Risk";
import { Tiles } from "../Tiles";
import { BalanceTile } from "./BalanceTile";
import { DailyProfit } from "./DailyProfit";
import { NetWorth } from "./NetWorth";
import { OwnCoins } from "./OwnCoins";
import { OwnReturns } from "./OwnReturns";
import { OwnTrades } from "./OwnTrades";
import { TransactionList } from "./TransactionList";
import { ownReturn } from "./own-return";
import { saveOwn } from "../../lib/save-own";

/** The exchange's prices are stored every 15 s; a tab that nobody looks at asks for none. */
const BALANCE_EVERY_MS = 20_000;
const BALANCE = "/api/me/balance";

export function OwnParts(props: PartsProps) {
  const { name, profile, api, query, usual, renewAfter } = props;
  const performance = useAnswer<Performance>(`${api}/performance${query}`, renewAfter, "member");
  const live = useAnswer<Balance>(BALANCE, () => (document.hidden ? null : BALANCE_EVERY_MS), "member");
  const balance = live.answer ?? profile?.owner ?? null;
  const own = (window: WindowName) => ownReturn(profile, window);
  const list = (what: string) => ({ address: `${api}/${what}${query}`, usual, renewAfter, as: "member" as const });
  const [trades, transactions] = [list("trades"), list("transactions")];
  return (
    <>
      <Tiles profile={profile} first={<BalanceTile balance={balance} problem={live.problem} />} own={own} />
      <LineCard name={name} loaded={performance} usual={usual} save={() => saveOwn(`${api}/performance${query}`, name)} />
      <Days loaded={performance} />
      <OwnCoins balance={balance} profile={profile} save={() => saveOwn(BALANCE, name)} />
      <div class="two">
        <OwnReturns profile={profile} />
        <Risk profile={profile} />
      </div>
      <OwnTrades key={trades.address} list={trades} name={name} />
      <TransactionList key={transactions.address} list={transactions} name={name} />
    </>
  );
}

function Days({ loaded }: { loaded: Loaded<Performance> }) {
  const { answer, problem, again } = loaded;
  if (!answer && problem) return problem.status === 400 ? null : <Failed problem={problem} again={again} />;
  const days = answer?.days ?? null;
  return (
    <div class="two even">
      <DailyProfit days={days} />
      <NetWorth days={days} />
    </div>
  );
}
