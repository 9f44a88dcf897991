// Runs before the first paint: what the visitor chose stands at once, and nothing moves later.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("welcomed")) root.dataset.welcomed = "";
  } catch (refused) {
    return; // no storage: the system decides
  }
})();
