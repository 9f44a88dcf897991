// A drawing of the page at the exchange: what to tick there, and what not.

import type { ComponentChildren } from "preact";
import { accountWords } from "../lib/account-words";

const LEFT_EMPTY = [
  "Enable Spot & Margin Trading",
  "Enable Withdrawals",
  "Enable Margin Loan, Repay & Transfer",
  "Enable Futures",
  "Enable European Options",
  "Permits Universal Transfer",
  "Enable Internal Transfer",
];

export function KeyGuide() {
  return (
    <figure class="guide">
      <div class="drawn">
        <p class="bar" aria-hidden="true">
          <i />
          <i />
          <i /> API Management · Edit restrictions
        </p>
        <h3>API restrictions</h3>
        <ul>
          <Row ticked said={accountWords.guide_tick.said}>
            Enable Reading
          </Row>
          {LEFT_EMPTY.map((name) => (
            <Row key={name} said={accountWords.guide_leave.said}>
              {name}
            </Row>
          ))}
        </ul>
        <h3>IP access restrictions</h3>
        <ul>
          <Row ticked round said={accountWords.guide_address.said}>
            Unrestricted
          </Row>
          <Row round said={accountWords.guide_leave.said}>
            Restrict access to trusted IPs only
          </Row>
        </ul>
      </div>
      <figcaption>{accountWords.guide_drawing.said}</figcaption>
    </figure>
  );
}

type RowProps = { ticked?: boolean; round?: boolean; said: string; children: ComponentChildren };

function Row({ ticked = false, round = false, said, children }: RowProps) {
  return (
    <li class={ticked ? "tick" : ""}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        {round ? <circle cx="10" cy="10" r="8" /> : <rect x="2" y="2" width="16" height="16" rx="3" />}
        {ticked && (round ? <circle class="dot" cx="10" cy="10" r="4" /> : <path d="m5.500 10.500 3 3 6-7" />)}
      </svg>
      <span class="name">{children}</span>
      <span class="note">
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          {ticked ? <path d="m3 8.500 3.500 3.500 6.500-8" /> : <path d="m4 4 8 8m0-8-8 8" />}
        </svg>
        {said}
      </span>
    </li>
  );
}
