// What a drawing over days shows, as a table: newest day first.

import type { ComponentChildren } from "preact";
import type { Day } from "../lib/api";
import { day } from "../lib/format";
import { words } from "../lib/words";

type Props = {
  days: Day[];
  caption: string;
  columns: [said: string, value: (day: Day) => ComponentChildren][];
};

export function AsTable({ days, caption, columns }: Props) {
  return (
    <details class="as-table">
      <summary>Show as table</summary>
      <div class="scroll" tabindex={0} role="region" aria-label={caption}>
        <table class="list">
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {columns.map(([said]) => (
                <th key={said} scope="col" class="right">{said}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map((each) => (
              <tr key={each.date}>
                <th scope="row">
                  {day(each.date)}
                  {each.imported && <span class="own"> {words.before_joining.said}</span>}
                </th>
                {columns.map(([said, value]) => (
                  <td key={said} class="right">{value(each)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
