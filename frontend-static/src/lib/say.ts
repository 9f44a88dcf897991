// One sentence about something that did not work, over the page, until it is closed.

const PLACE = "said";

export function say(sentence: string): void {
  document.getElementById(PLACE)?.remove();
  const band = document.createElement("div");
  band.id = PLACE;
  band.setAttribute("role", "alert");
  const text = document.createElement("p");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet-button";
  close.textContent = "Close";
  close.onclick = () => band.remove();
  band.append(text, close);
  document.getElementById("content")?.append(band);
  text.textContent = sentence;
}
