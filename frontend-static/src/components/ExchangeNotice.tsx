// Says what the league wants everyone to know, and when the exchange is the reason that numbers wait.

import { useAnswer } from "../lib/answer";
import type { LeagueStatus } from "../lib/api";
import { words } from "../lib/words";
import { Moment } from "./Figures";

const ASK_EVERY_MS = 60_000;

export function ExchangeNotice() {
  const { answer } = useAnswer<LeagueStatus>("/api/status", () => ASK_EVERY_MS);
  return (
    <>
      {answer?.exchange && <OfTheExchange exchange={answer.exchange} />}
    </>
  );
}

function OfTheExchange({ exchange }: { exchange: NonNullable<LeagueStatus["exchange"]> }) {
  if (exchange.state === "ok") return null;
  const { said, explained } = words[exchange.state];
  const name = exchange.name.charAt(0).toUpperCase() + exchange.name.slice(1);
  return (
    <div class="notice" role="status">
      <p>
        <strong>
          {name} is {said}
        </strong>{" "}
        since <Moment at={exchange.since} />
        {exchange.until && (
          <>
            , until <Moment at={exchange.until} />
          </>
        )}
        . {explained}
      </p>
    </div>
  );
}
