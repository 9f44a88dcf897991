// What others see: as it stands, in the API's own words, and what can be changed.

import { useState } from "preact/hooks";
import type { Me, Settings } from "../lib/api";
import { type SettingsWord, settingsWords } from "../lib/settings-words";
import { ask } from "../lib/session";
import { FormError, Send, useSending } from "./Form";
import { Moment } from "./Figures";

type Choice = { value: string; of: SettingsWord };
const LISTED: Choice[] = [
  { value: "true", of: "privacy_listed" },
  { value: "false", of: "privacy_unlisted" },
];
const TRADES: Choice[] = [
  { value: "guarded", of: "privacy_guarded" },
  { value: "exact", of: "privacy_exact" },
  { value: "hidden", of: "privacy_hidden" },
];
const AUDIENCE: Choice[] = [
  { value: "everyone", of: "privacy_everyone" },
  { value: "followers", of: "privacy_followers" },
  { value: "nobody", of: "privacy_nobody" },
];

/** `first`: as it was when the page was loaded; what is chosen here outlives later readings. */
export function PrivacySettings({ first }: { first: Me }) {
  const [me, setMe] = useState(first);
  const [chosen, setChosen] = useState<Settings>(first.settings);
  const [saved, setSaved] = useState(false);
  const changed = Object.entries(chosen).filter(([key, value]) => me.settings[key as keyof Settings] !== value);
  const choose = (part: Partial<Settings>) => {
    setSaved(false);
    setChosen({ ...chosen, ...part });
  };
  const { busy, errors, submit, form } = useSending<never>(
    () => ({}),
    async () => {
      if (changed.length === 0) return;
      const now = await ask<Me>("PATCH", "/api/me", Object.fromEntries(changed));
      setMe(now);
      setChosen(now.settings);
      setSaved(true);
    },
    {},
  );
  return (
    <>
      <section class="card seen" aria-labelledby="seen-title">
        <div class="card-head">
          <h2 id="seen-title">What others see now</h2>
          <a href={`/t/${encodeURIComponent(me.name)}?as=visitor`}>Look at your profile as a visitor</a>
        </div>
        <ul class="meanings">
          {Object.entries(me.meanings).map(([key, meaning]) => (
            <li key={key}>{meaning}</li>
          ))}
        </ul>
        <details>
          <summary>What we promise, in full</summary>
          <blockquote>
            <p>{me.promise}</p>
          </blockquote>
        </details>
      </section>
      <form ref={form} class="card choices" method="post" onSubmit={submit} noValidate>
        <h2>Change it</h2>
        <FormError text={errors.form ?? ""} />
        <Choices title="The board" name="listed" choices={LISTED} value={String(chosen.listed)} set={(value) => choose({ listed: value === "true" })} />
        <Choices title="Your trades" name="trades" choices={TRADES} value={chosen.trades} set={(trades) => choose({ trades: trades as Settings["trades"] })} />
        <Choices
          title="Who sees your trades"
          name="trades_for"
          choices={AUDIENCE}
          value={chosen.trades_for}
          disabled={chosen.trades === "hidden"}
          set={(value) => choose({ trades_for: value as Settings["trades_for"] })}
        />
        <Choices
          title="Who sees your coins and their shares"
          name="allocation_for"
          choices={AUDIENCE}
          value={chosen.allocation_for}
          set={(value) => choose({ allocation_for: value as Settings["allocation_for"] })}
        />
        <p class="actions">
          <Send busy={busy} said="Save" doing="Saving …" quiet={changed.length === 0} />
          <span class="told-line" role="status">
            {changed.length > 0 && settingsWords.not_saved.said}
            {saved && changed.length === 0 && (
              <>
                <strong>{settingsWords.saved.said}</strong> {settingsWords.saved.explained} <Moment at={me.others_see_it_by} />
              </>
            )}
          </span>
        </p>
      </form>
    </>
  );
}

type ChoicesProps = { title: string; name: string; choices: Choice[]; value: string; disabled?: boolean; set: (value: string) => void };

function Choices({ title, name, choices, value, disabled = false, set }: ChoicesProps) {
  return (
    <fieldset disabled={disabled}>
      <legend>{title}</legend>
      <div class="options">
        {choices.map((choice) => {
          const { said, explained } = settingsWords[choice.of];
          const id = `${name}-${choice.value}`;
          return (
            <div key={choice.value} class="option">
              <input
                id={id}
                type="radio"
                name={name}
                value={choice.value}
                checked={value === choice.value}
                aria-describedby={explained ? `${id}-means` : undefined}
                onChange={() => set(choice.value)}
              />
              <label for={id}>{said}</label>
              {explained && (
                <p id={`${id}-means`} class={choice.of === "privacy_exact" ? "means warned" : "means"}>
                  {explained}
                </p>
              )}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
