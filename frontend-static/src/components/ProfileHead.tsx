// Who it is, of when the numbers are, and what can be done here.

import type { Profile, Status } from "../lib/api";
import { day } from "../lib/format";
import type { Word } from "../lib/words";
import { Flag, How } from "./Explain";
import { FollowButton } from "./FollowButton";
import { OwnTools } from "./OwnTools";
import { Refreshed } from "./Refreshed";
import { ShareButton } from "./ShareButton";

const STATUS_FLAGS: Record<Status, Word | null> = {
  active: null,
  not_ranked_yet: "not_ranked_yet",
  stale: "old_data",
  retired: "left_league",
};

type Props = { name: string; profile: Profile | null; mine: boolean; looksAs: string };

export function ProfileHead({ name, profile, mine, looksAs }: Props) {
  const flag = profile && STATUS_FLAGS[profile.status];
  return (
    <div class="profile-head">
      <nav aria-label="Back">
        <a href="/">The board</a> <span aria-hidden="true">/</span>
      </nav>
      <div class="who">
        <h1 class="page-name">{profile?.name ?? name}</h1>
        {mine && <span class="you">you</span>}
        {flag && <Flag of={flag} tone={flag === "old_data" ? "warn" : "note"} />}
      </div>
      <div class="actions">
        {mine ? !looksAs && <OwnTools /> : <FollowButton name={profile?.name ?? name} wide />}
        {!looksAs && (
          <>
            <a class="button" href={`/compare?t=${encodeURIComponent(profile?.name ?? name)}`}>Compare</a>
            <ShareButton name={profile?.name ?? name} />
          </>
        )}
      </div>
      <ul class="about">
        {profile ? (
          <>
            {profile.exchanges.map((exchange) => (
              <li key={exchange} class="exchange">{exchange}</li>
            ))}
            <li>joined {day(profile.joined_at)}</li>
            <li>
              {profile.followers.toLocaleString("en")} {profile.followers === 1 ? "follower" : "followers"}{" "}
              <How of="followers" numbers={[["Followers of " + profile.name, profile.followers.toLocaleString("en")]]} />
            </li>
          </>
        ) : (
          <li><i class="wait" /></li>
        )}
      </ul>
      <Refreshed asOf={profile?.as_of ?? null} known={profile !== null} />
    </div>
  );
}
