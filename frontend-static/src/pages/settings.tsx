// What others see, how one signs in, and the way out.

import { render } from "preact";
import { useState } from "preact/hooks";
import { LeaveLeague, WhatGoes } from "../components/LeaveLeague";
import { MembersOnly } from "../components/MembersOnly";
import { PrivacySettings } from "../components/PrivacySettings";
import { Waiting } from "../components/Waiting";
import { type Loaded, useAnswer } from "../lib/answer";
import type { Identity, Left, Me } from "../lib/api";
import { useLate } from "../lib/late";
import { settingsWords } from "../lib/settings-words";

const never = () => null;

function SettingsPage() {
  const [left, setLeft] = useState<Left | null>(null);
  if (left) {
    return (
      <section class="card" role="status">
        <h2>{settingsWords.left_for_good.said}</h2>
        <p class="quiet">{settingsWords.left_for_good.explained}</p>
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
  const below = useLate(true, () => import("../components/SignInSettings"));
  const signIn: Loaded<Identity> = below.failed
    ? { ...identity, answer: null, problem: below.failed, again: below.again }
    : { ...identity, answer: below.loaded && identity.answer };
  return (
    <>
      <Waiting loaded={me} rows={8}>
        {(answer) => <PrivacySettings first={answer} />}
      </Waiting>
      {(me.answer || me.problem) && (
        <Waiting loaded={signIn} rows={4}>
          {(answer) => (
            <>
              {below.loaded && <below.loaded.SignInSettings name={name} identity={answer} changed={identity.again} />}
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
