// A trader's profile as everyone sees it.

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Coins } from "../components/Coins";
import { DayRange } from "../components/DayRange";
import { ExchangeNotice } from "../components/ExchangeNotice";
import { Notice, Nothing } from "../components/Notice";
import { ProfileHead } from "../components/ProfileHead";
import { ReturnChart } from "../components/ReturnChart";
import { Risk } from "../components/Risk";
import { Tiles } from "../components/Tiles";
import { TradeList } from "../components/TradeList";
import { addressWith, useParameters } from "../lib/address";
import { useAnswer } from "../lib/answer";
import type { Performance, Profile } from "../lib/api";
import { PRESETS, type Span, spanOf } from "../lib/days";
import { lateBy, renewAfter, useNow } from "../lib/hours";

const NOT_FOUND = 404;

function TraderPage({ name }: { name: string }) {
  const parameters = useParameters();
  const asked = { from: parameters.get("from") ?? "", to: parameters.get("to") ?? "" };
  const now = useNow(30_000);
  const own = `/api/traders/${encodeURIComponent(name)}`;
  const profile = useAnswer<Profile>(own, (answer) => renewAfter(answer.as_of));
  const { answer, problem } = profile;
  useEffect(() => {
    if (answer) document.title = `${answer.name} – CoinMarketLeague`;
  }, [answer?.name]);

  if (problem?.status === NOT_FOUND || problem?.status === 400) return <Unknown name={name} />;
  if (problem && !answer) {
    return (
      <>
        <h1 class="page-name">{name}</h1>
        <Nothing of={problem.status === 0 && !navigator.onLine ? "offline" : "failed"}>
          <Again press={profile.again} />
        </Nothing>
      </>
    );
  }
  const late = answer?.as_of && lateBy(answer.as_of, now) > 0;
  const offline = problem?.status === 0 && !navigator.onLine;
  return (
    <>
      <ProfileHead name={name} profile={answer} />
      {answer && <ExchangeNotice />}
      {offline && <Notice of="offline" />}
      {problem && !offline && (
        <Notice of="failed">
          <Again press={profile.again} />
        </Notice>
      )}
      {!problem && late && <Notice of="late" />}
      <Tiles profile={answer} />
      <ByDays own={own} name={name} asked={asked} asOf={answer?.as_of ?? null} profile={answer} />
    </>
  );
}

function ByDays({
  own,
  name,
  asked,
  asOf,
  profile,
}: {
  own: string;
  name: string;
  asked: Span;
  asOf: string | null;
  profile: Profile | null;
}) {
  const query = addressWith(asked).replace(location.pathname, "");
  const performance = useAnswer<Performance>(`${own}/performance${query}`, () => renewAfter(asOf));
  const answer = performance.answer;
  const [first] = PRESETS;
  const usual = first ? spanOf(first, Date.now()) : asked;
  const shown = { from: asked.from || usual.from, to: asked.to || usual.to };
  return (
    <>
      <section class="card line-card" aria-labelledby="line-title">
        <DayRange shown={shown} refused={performance.problem?.status === 400 ? performance.problem.message : ""} />
        <ReturnChart name={name} loaded={performance} days={answer?.days ?? null} />
      </section>
      <div class="two">
        <Coins profile={profile} />
        <Risk profile={profile} />
      </div>
      <TradeList key={`${own}${query}`} address={`${own}/trades`} span={asked} renewAfter={() => renewAfter(asOf)} usual={shown} />
    </>
  );
}

export function Again({ press }: { press: () => void }) {
  return (
    <button type="button" class="button" onClick={press}>
      Try again
    </button>
  );
}

function Unknown({ name }: { name: string }) {
  return (
    <>
      <h1 class="page-name">{name}</h1>
      <Nothing of="unknown_trader">
        <a class="button" href={`/?q=${encodeURIComponent(name.slice(0, 3))}`}>
          Search the board
        </a>
      </Nothing>
    </>
  );
}

function nameInAddress(): string {
  const last = location.pathname.replace(/^\/t\//, "");
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const app = document.getElementById("app");
if (app) render(<TraderPage name={nameInAddress()} />, app);
