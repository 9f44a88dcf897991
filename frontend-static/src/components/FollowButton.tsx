// Follow a trader, or drop him: a star in a list, a button on a profile. Who is not signed in is
// led there, and comes back; what members need is loaded late.

import { useLate } from "../lib/late";
import { useSession } from "../lib/session";

type Props = { name: string; wide?: boolean };

export function FollowButton({ name, wide = false }: Props) {
  const out = useSession().state === "out";
  const { loaded } = useLate(!out, () => import("./FollowToggle"));
  const look = wide ? "button follow" : "follow star";
  if (out) {
    return (
      <a class={look} href={signInFirst()} aria-label={`Follow ${name}, as a member`}>
        <Star />
        {wide && "Follow"}
      </a>
    );
  }
  if (loaded) return <loaded.FollowToggle name={name} wide={wide} />;
  return (
    <span class={look} aria-hidden="true">
      <Star />
      {wide && "Follow"}
    </span>
  );
}

/** Where one signs in, and from where one comes back to this page as it is. */
export function signInFirst(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

export function Star() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M8 1.800l1.900 3.900 4.300.6-3.100 3 .7 4.300L8 11.600l-3.800 2 .7-4.300-3.100-3 4.300-.6z" />
    </svg>
  );
}
