// The calendar filter and the line of its days.

import type { Loaded } from "../lib/answer";
import type { Performance } from "../lib/api";
import type { Span } from "../lib/days";
import { DayRange } from "./DayRange";
import { ReturnChart } from "./ReturnChart";

type Props = { name: string; loaded: Loaded<Performance>; usual: Span; save?: () => Promise<void> };

export function LineCard({ name, loaded, usual, save }: Props) {
  const refused = loaded.problem?.status === 400 ? loaded.problem.message : "";
  const saveSeen = async () => (await import("../lib/save-csv")).saveLine(loaded.answer?.days ?? [], name, usual);
  return (
    <section class="card line-card" aria-labelledby="line-title">
      <DayRange shown={usual} refused={refused} days={loaded.answer?.days ?? null} name={name} />
      <ReturnChart name={name} loaded={loaded} days={loaded.answer?.days ?? null} save={save ?? saveSeen} />
    </section>
  );
}
