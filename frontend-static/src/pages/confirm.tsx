// Back with the code of the letter, perhaps on another day or device.

import { render } from "preact";
import { useState } from "preact/hooks";
import { ConfirmForm } from "../components/ConfirmForm";
import { SignInForm } from "../components/SignInForm";
import { memberWords } from "../lib/member-words";
import { nextAddress } from "../lib/next";

function ConfirmPage() {
  const [name, setName] = useState<string | null>(null);
  if (name === null) {
    return <ConfirmForm name={new URLSearchParams(location.search).get("name") ?? ""} done={setName} />;
  }
  return (
    <>
      <p class="told" role="status">
        <strong>{memberWords.confirmed.said}</strong> {memberWords.confirmed.explained}
      </p>
      <SignInForm login={name} done={() => location.assign(nextAddress("/link"))} />
    </>
  );
}

const app = document.getElementById("app");
if (app) render(<ConfirmPage />, app);
