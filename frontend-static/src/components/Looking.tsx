// Said above a preview: with whose eyes one looks at oneself.

import { addressWith, follow, useParameters } from "../lib/address";

const EYES = { visitor: "everyone", follower: "those who follow you" };

export function Looking({ as }: { as: string }) {
  const parameters = useParameters();
  const days = { from: parameters.get("from") ?? "", to: parameters.get("to") ?? "" };
  return (
    <div class="notice looking" role="status">
      <p>
        <strong>This is your profile as others see it.</strong> What is yours alone is not in it.
      </p>
      <nav class="segments" aria-label="With whose eyes to look">
        {Object.entries(EYES).map(([eyes, said]) => (
          <a key={eyes} href={addressWith({ ...days, as: eyes })} aria-current={eyes === as ? "true" : undefined} onClick={follow}>
            {said}
          </a>
        ))}
        <a href={addressWith(days)} onClick={follow}>
          back to my own view
        </a>
      </nav>
    </div>
  );
}
