// The star and the button of a member. What he presses is shown at once.

import { useFollowing } from "../lib/follows";
import { Star } from "./FollowButton";

export function FollowToggle({ name, wide }: { name: string; wide: boolean }) {
  const { names, change } = useFollowing();
  const followed = names?.has(name.toLowerCase()) ?? false;
  const press = () => void change(name, !followed);
  if (wide) {
    return (
      <button
        type="button"
        class={`button follow ${followed ? "followed" : ""}`}
        aria-label={followed ? `Following: drop ${name}` : `Follow ${name}`}
        onClick={press}
      >
        <Star />
        {followed ? "Following" : "Follow"}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="follow star"
      aria-pressed={followed}
      aria-label={`Follow ${name}`}
      title={followed ? "Following" : "Follow"}
      onClick={press}
    >
      <Star />
    </button>
  );
}
