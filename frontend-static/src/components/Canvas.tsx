// A drawing that is loaded late and drawn anew when its days or the colours change. It is mute to
// those who do not see it: the sentence is said in its place.

import { useEffect, useRef } from "preact/hooks";
import { onThemeChange } from "../lib/theme";

type Props = {
  /** What is drawn, as text; when it changes, it is drawn anew. "" draws nothing. */
  of: string;
  sentence: string;
  /** Draws into the box; the promise gives how to stop. */
  draw: (box: HTMLElement) => Promise<() => void>;
};

export function Canvas({ of, sentence, draw }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element || !of) return;
    let stop = () => {};
    let gone = false;
    const anew = async () => {
      const stopped = await draw(element).catch(() => null); // not loaded: the sentence stands
      if (!stopped) return;
      if (gone) return stopped();
      stop();
      stop = stopped;
    };
    void anew();
    const forget = onThemeChange(() => void anew());
    return () => {
      gone = true;
      forget();
      stop();
    };
  }, [of]);
  return <div class="canvas" role="img" aria-label={sentence} ref={box} />;
}
