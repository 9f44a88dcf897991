// Back with the code for a new password.

import { render } from "preact";
import { ResetForm } from "../components/ResetForm";

const app = document.getElementById("app");
const login = new URLSearchParams(location.search).get("login") ?? "";
if (app) render(<ResetForm login={login} />, app);
