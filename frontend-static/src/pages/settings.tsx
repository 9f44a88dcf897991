// What others see, how one signs in, and the way out.

import { render } from "preact";
import { useState } from "preact/hooks";
import { LeaveLeague, WhatGoes } from "../components/LeaveLeague";
import { MembersOnly } from "../components/MembersOnly";
import { PrivacySettings } from "../components/PrivacySettings";
import { Waiting } from "../components/Waiting";
import { useAnswer } from "../lib/answer";
import type { Identity, Left, Me } from "../lib/api";
import { useLate } from "../lib/late";
import { memberWords } from "../lib/member-words";

const never = () => null;

function SettingsPage() {
  const [left, setLeft] = useState<Left | null>(null);
  if (left) {
    return (
      <section class="card" role="status">
        <h2>{memberWords.left_for_good.said}</h2>
        <p class="quiet">{memberWords.left_for_good.explained}</p>
        <WhatGoes {...left} />
        <a class="button" href="/">
          To the board
        </a>
      </section>
    );
  }
  return <MembersOnly>{(name) => <Own name={name} left={setLeft} />}</MembersOnly>;
}

function Own({ name, left }: { name: string; left: (answer: Left) => void }) {
  const me = useAnswer<Me>("/api/me", never, "member");
  const identity = useAnswer<Identity>("/api/me/identity", never, "member");
  const { loaded: below } = useLate(true, () => import("../components/SignInSettings"));
  return (
    <>
      <Waiting loaded={me} rows={8}>
        {(answer) => <PrivacySettings first={answer} />}
      </Waiting>
      {(me.answer || me.problem) && (
        <Waiting loaded={identity} rows={4}>
          {(answer) => (
            <>
              {below && <below.SignInSettings name={name} identity={answer} changed={identity.again} />}
              <LeaveLeague hasApp={answer.second_factor} left={left} />
            </>
          )}
        </Waiting>
      )}
    </>
  );
}

const app = document.getElementById("app");
if (app) render(<SettingsPage />, app);
