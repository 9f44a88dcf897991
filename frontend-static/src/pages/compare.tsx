// Two to four traders beside each other: one chart from the same day on, and their numbers.

import { render } from "preact";
import { AddTrader } from "../components/compare/AddTrader";
import { ComparedChart } from "../components/compare/ComparedChart";
import { ComparedList } from "../components/compare/ComparedList";
import { ComparedTable } from "../components/compare/ComparedTable";
import { Failed, Nothing, Renewal } from "../components/Notice";
import { Refreshed } from "../components/Refreshed";
import { follow, useParameters } from "../lib/address";
import { useAnswers } from "../lib/answers";
import type { Day, Performance, Profile } from "../lib/api";
import { MOST_COMPARED, compareAddress, firstCommonDay, namesIn } from "../lib/compare";
import { compareWords } from "../lib/compare-words";
import { PRESETS, type Span, spanOf } from "../lib/days";
import { renewAfter } from "../lib/hours";

const USUAL = PRESETS[1] ?? PRESETS[0];

export type Compared = { name: string; profile: Profile | null; unknown: boolean; days: Day[] | null };

function ComparePage() {
  const parameters = useParameters();
  const names = namesIn(parameters);
  const usual = USUAL ? spanOf(USUAL, Date.now()) : { from: "", to: "" };
  const span = { from: parameters.get("from") || usual.from, to: parameters.get("to") || usual.to };
  const chosen = span.from === usual.from && span.to === usual.to ? null : span;
  return (
    <>
      {names.length < MOST_COMPARED && <AddTrader names={names} chosen={chosen} />}
      {names.length === 0 ? (
        <Nothing of={compareWords.nobody_compared} />
      ) : (
        <Comparison names={names} span={span} chosen={chosen} />
      )}
    </>
  );
}

function Comparison({ names, span, chosen }: { names: string[]; span: Span; chosen: Span | null }) {
  const paths = names.map((name) => `/api/traders/${encodeURIComponent(name)}`);
  const profiles = useAnswers<Profile>(paths, ([first]) => renewAfter(first?.as_of ?? null));
  const asOf = profiles.each.find(({ answer }) => answer)?.answer?.as_of ?? null;
  const whole = useAnswers<Performance>(paths.map((path) => lineFrom(path, span)), () => renewAfter(asOf));
  const there = whole.each.flatMap(({ answer }) => (answer ? [answer.days] : []));
  const settled = whole.each.every(({ answer, problem }) => answer || problem);
  const start = settled ? firstCommonDay(there) : null;
  const cut = start !== null && start !== there[0]?.[0]?.date;
  const fromStart = useAnswers<Performance>(
    cut ? paths.map((path) => lineFrom(path, { ...span, from: start })) : [],
    () => renewAfter(asOf),
  );
  const lines = cut ? fromStart : whole;
  const compared = names.map((name, place): Compared => {
    const profile = profiles.each[place];
    return {
      name: profile?.answer?.name ?? name,
      profile: profile?.answer ?? null,
      unknown: profile?.problem?.status === 404 || profile?.problem?.status === 400,
      days: lines.each[place]?.answer?.days ?? null,
    };
  });
  const failed = [...profiles.each, ...whole.each].find(
    ({ problem }) => problem && (problem.status === 0 || problem.status >= 500),
  )?.problem;
  const refused = whole.each.find(({ problem }) => problem?.status === 400)?.problem;
  const again = () => [profiles, whole, fromStart].forEach((each) => each.again());
  if (failed && there.length === 0) return <Failed problem={failed} again={again} />;
  return (
    <>
      {failed && <Renewal problem={failed} again={again} />}
      <ComparedList compared={compared} chosen={chosen} />
      {names.length === 1 && <p class="one-more">{compareWords.one_compared.said} {compareWords.one_compared.explained}</p>}
      <section class="card compare-card" aria-labelledby="chart-title">
        <div class="card-head">
          <h2 id="chart-title">{compareWords.compared_return.said}</h2>
          <Presets names={names} span={span} />
          {refused && <p class="field-error" role="alert">{refused.message}</p>}
        </div>
        {settled && start === null ? (
          <Nothing of={compareWords.no_day_in_common} />
        ) : (
          <ComparedChart compared={compared} cutTo={cut ? start : null} busy={lines.busy} />
        )}
      </section>
      <ComparedTable compared={compared} />
      <Refreshed asOf={asOf} known={asOf !== null} />
    </>
  );
}

function Presets({ names, span }: { names: string[]; span: Span }) {
  return (
    <nav class="segments" aria-label="Days to compare">
      {PRESETS.map((preset) => {
        const its = spanOf(preset, Date.now());
        const current = its.from === span.from && its.to === span.to;
        return (
          <a
            key={preset.key}
            href={compareAddress(names, preset === USUAL ? null : its)}
            aria-current={current ? "true" : undefined}
            onClick={follow}
          >
            {preset.said}
          </a>
        );
      })}
    </nav>
  );
}

function lineFrom(path: string, { from, to }: Span): string {
  return `${path}/performance?${new URLSearchParams({ from, to })}`;
}

const app = document.getElementById("app");
if (app) render(<ComparePage />, app);
