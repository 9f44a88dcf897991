// Come in.

import { render } from "preact";
import { SignInForm } from "../components/SignInForm";
import { keepingNext, nextAddress } from "../lib/next";
import { useSession } from "../lib/session";

function SignInPage() {
  const { state, name } = useSession();
  const goOn = () => location.assign(nextAddress());
  if (state === "in" && name !== null) {
    return (
      <div class="form">
        <p class="as">
          You are signed in as <b>{name}</b>.
        </p>
        <p class="actions">
          <a class="button main" href={nextAddress()}>
            Go on
          </a>
        </p>
      </div>
    );
  }
  return (
    <>
      <SignInForm login={new URLSearchParams(location.search).get("name") ?? ""} done={goOn} />
      <p class="other-way">
        New here? <a href={keepingNext("/sign-up")}>Sign up</a> · Not confirmed yet? <a href={keepingNext("/confirm")}>Enter your code</a>
      </p>
    </>
  );
}

const app = document.getElementById("app");
if (app) render(<SignInPage />, app);
