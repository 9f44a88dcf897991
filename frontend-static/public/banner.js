// What the operator wants everyone to know just now, over the foot of the page, so that nothing
// moves. first.js brings it a second after the page, so that nothing waits for
// it; it asks again each minute.
(function () {
  function hidden() {
    try {
      return localStorage.getItem("banner");
    } catch (refused) {
      return null;
    }
  }

  function hide(text) {
    try {
      localStorage.setItem("banner", text);
    } catch (refused) {
      return; // it holds for this page
    }
  }

  function show(text) {
    var band = document.getElementById("banner");
    if (band && band.firstChild.textContent === text) return;
    if (band) band.remove();
    if (!text || hidden() === text) return;
    band = document.createElement("div");
    band.id = "banner";
    band.className = "notice";
    band.setAttribute("role", "status");
    var words = document.createElement("p");
    words.textContent = text;
    var close = document.createElement("button");
    close.type = "button";
    close.className = "quiet-button";
    close.textContent = "Got it, hide this";
    close.onclick = function () {
      hide(text);
      band.remove();
    };
    band.append(words, close);
    document.querySelector(".top").after(band);
  }

  function ask() {
    if (document.hidden) return;
    fetch("/api/status", { headers: { Accept: "application/json" } })
      .then(function (answer) {
        return answer.ok ? answer.json() : null;
      })
      .then(function (status) {
        if (status) show(status.banner);
      })
      .catch(function () {
        return; // the page says by itself that nothing answers
      });
  }

  document.addEventListener("visibilitychange", ask);
  setInterval(ask, 60000);
  ask();
})();
