// Before the first paint: docs/site.md.
(function () {
  var root = document.documentElement;

  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch (refused) {
      return null;
    }
  }

  function keep(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch (refused) {
      return;
    }
  }

  function showMember() {
    var name = kept("member");
    if (name === null) delete root.dataset.member;
    else root.dataset.member = "";
    var profile = document.getElementById("my-profile");
    if (!profile || name === null) return;
    profile.href = "/t/" + encodeURIComponent(name);
    document.querySelector(".my-name").textContent = name;
    document.querySelector(".me").setAttribute("aria-label", name + ": your menu");
  }

  function signOut(button) {
    var own = { method: "POST", headers: { "X-League-Request": "1", "Content-Type": "application/json" } };
    button.disabled = true;
    fetch("/api/session/sign-out", own)
      .then(function (answer) {
        if (!answer.ok) throw new Error(answer.statusText);
        keep("member", null);
        dispatchEvent(new CustomEvent("memberchange", { detail: null }));
        document.getElementById("me-menu").hidePopover();
        button.textContent = "Sign out";
      })
      .catch(function () {
        button.textContent = "Not signed out: try again";
      })
      .finally(function () {
        button.disabled = false;
      });
  }

  function isDark() {
    var chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  addEventListener("load", function () {
    setTimeout(function () {
      document.head.appendChild(document.createElement("script")).src = "/banner.js";
    }, 1000);
  });

  var theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (kept("welcomed")) root.dataset.welcomed = "";
  showMember();
  new MutationObserver(function (_, watching) {
    if (!document.getElementById("sign-out")) return;
    watching.disconnect();
    showMember();
  }).observe(root, { childList: true, subtree: true });
  addEventListener("memberchange", showMember);
  addEventListener("storage", showMember);

  document.addEventListener("click", function (event) {
    var button = event.target.closest("#theme, #welcomed, #sign-out");
    if (!button) return;
    if (button.id === "sign-out") signOut(button);
    else if (button.id === "theme") {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep("theme", root.dataset.theme);
      dispatchEvent(new Event("themechange"));
    } else {
      root.dataset.welcomed = "";
      keep("welcomed", "yes");
      document.getElementById("content").focus();
    }
  });
})();
