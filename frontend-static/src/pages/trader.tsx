// A trader's profile: as everyone sees it, and to himself with what is his alone.

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { ExchangeNotice } from "../components/ExchangeNotice";
import { Failed, Notice, Nothing, Renewal } from "../components/Notice";
import { Looking } from "../components/Looking";
import { ProfileHead } from "../components/ProfileHead";
import { OwnWait, SeenParts } from "../components/ProfileParts";
import { addressWith, useParameters } from "../lib/address";
import { type As, useAnswer } from "../lib/answer";
import { NOT_FOUND, type Profile } from "../lib/api";
import { PRESETS, spanOf } from "../lib/days";
import { lateBy, renewAfter, useNow } from "../lib/hours";
import { useLate } from "../lib/late";
import { useSession } from "../lib/session";

/** With whose eyes a trader may look at his own profile, beside his own. */
const OTHER_EYES = ["visitor", "follower"];

function TraderPage({ name }: { name: string }) {
  const parameters = useParameters();
  const session = useSession();
  const mine = session.state !== "out" && session.name?.toLowerCase() === name.toLowerCase();
  const looksAs = mine ? (OTHER_EYES.find((each) => each === parameters.get("as")) ?? "") : "";
  const as: As = mine ? "member" : "both";
  const asked = { from: parameters.get("from") ?? "", to: parameters.get("to") ?? "" };
  const now = useNow(30_000);
  const api = `/api/traders/${encodeURIComponent(name)}`;
  const profile = useAnswer<Profile>(`${api}${queryOf({ as: looksAs })}`, (answer) => renewAfter(answer.as_of), as);
  const { problem } = profile;
  const answer = ofThisLook(profile.answer, mine && looksAs === "");
  const own = useLate(mine && looksAs === "", () => import("../components/own/OwnParts"));
  useEffect(() => {
    if (answer) document.title = `${answer.name} – CoinMarketLeague`;
  }, [answer?.name]);

  if (problem?.status === NOT_FOUND || problem?.status === 400) return <Unknown name={name} />;
  if (problem && !answer) {
    return (
      <>
        <h1 class="page-name">{name}</h1>
        <Failed problem={problem} again={profile.again} />
      </>
    );
  }
  const [first] = PRESETS;
  const usual = first ? spanOf(first, Date.now()) : asked;
  const parts = {
    name,
    profile: answer,
    as,
    api,
    query: queryOf({ ...asked, as: looksAs }),
    usual: { from: asked.from || usual.from, to: asked.to || usual.to },
    renewAfter: () => renewAfter(answer?.as_of ?? null),
  };
  const late = answer?.as_of && lateBy(answer.as_of, now) > 0;
  return (
    <>
      <ProfileHead name={name} profile={answer} mine={mine} looksAs={looksAs} />
      {looksAs && <Looking as={looksAs} />}
      {answer && <ExchangeNotice />}
      {problem && <Renewal problem={problem} again={profile.again} />}
      {own.failed && <Renewal problem={own.failed} again={own.again} />}
      {!problem && late && <Notice of="late" />}
      {!mine || looksAs ? <SeenParts {...parts} /> : own.loaded ? <own.loaded.OwnParts {...parts} /> : <OwnWait />}
    </>
  );
}

/** What was answered to other eyes is not shown to these: the next answer is on the way. */
function ofThisLook(profile: Profile | null, asOwner: boolean): Profile | null {
  return profile && Boolean(profile.owner) === asOwner ? profile : null;
}

function queryOf(parameters: Record<string, string>): string {
  return addressWith(parameters).slice(location.pathname.length);
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
