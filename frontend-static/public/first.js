// Runs before the first paint: what the visitor chose stands at once, and nothing moves later.
// It also serves the two buttons of the frame, so that pages of mere text need no other script.
(function () {
  var root = document.documentElement;

  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch (refused) {
      return null; // a browser that keeps nothing: the system decides
    }
  }

  function keep(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch (refused) {
      return; // it holds for this page
    }
  }

  function isDark() {
    var chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  var theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (kept("welcomed")) root.dataset.welcomed = "";

  document.addEventListener("click", function (event) {
    var button = event.target.closest("#theme, #welcomed");
    if (!button) return;
    if (button.id === "theme") {
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
