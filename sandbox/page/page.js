// The board and a plain profile. Whatever comes from the API becomes text, never markup.

const WINDOWS = { "24h": "24 hours", "7d": "7 days", "30d": "30 days" };
const STATUS = {
  active: "",
  not_ranked_yet: "not ranked yet",
  stale: "data is late",
  retired: "left the league",
};
const SIZES = { "<1": "under 1 %", ">50": "over 50 %" };
const REFRESH_MS = 20000;
const SVG = "http://www.w3.org/2000/svg";

const asked = new URLSearchParams(location.search);
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "line", "rect"].includes(tag);
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

const percent = (text) => {
  if (text === null) return "–";
  const sign = text.startsWith("-") ? "−" : Number(text) > 0 ? "+" : "";
  return `${sign}${text.replace("-", "")} %`;
};
const fall = (text) => (text === null ? "–" : `${text} %`);
const tone = (text) => (text === null || Number(text) === 0 ? "" : Number(text) > 0 ? "up" : "down");
const number = (text) => make("span", { class: tone(text) }, percent(text));
const instant = (text) => (text ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : "–");
const link = (parameters, ...children) =>
  make("a", { href: `/?${new URLSearchParams(parameters)}` }, ...children);

function table(caption, heads, rows) {
  const head = make("tr", {}, ...heads.map(([text, kind, unseen]) =>
    make("th", { scope: "col", class: kind }, unseen ? make("span", { class: "unseen" }, text) : text)));
  const body = rows.map((cells) =>
    make("tr", {}, ...cells.map((cell, n) => make("td", { class: heads[n][1] }, cell))),
  );
  return make(
    "table",
    {},
    make("caption", { class: "unseen" }, caption),
    make("thead", {}, head),
    make("tbody", {}, ...body),
  );
}

// A path through points of 0 … 1 (null is a gap), in a box of width × height.
function path(points, width, height, kind) {
  const step = width / Math.max(points.length - 1, 1);
  let pen = "M";
  const moves = points.map((point, n) => {
    if (point === null) {
      pen = "M";
      return "";
    }
    const move = `${pen}${(n * step).toFixed(1)} ${((1 - point) * height).toFixed(1)}`;
    pen = "L";
    return move;
  });
  return make("path", { d: moves.join("") || "M0 0", class: kind, "vector-effect": "non-scaling-stroke" });
}

function sparkline(trend) {
  const known = trend.filter((point) => point !== null);
  const kind = known.length > 1 && known.at(-1) < known[0] ? "line down" : "line up";
  const drawing = make("svg", { viewBox: "-1 -1 82 26", class: "spark", "aria-hidden": "true" });
  if (known.length > 1) drawing.append(path(trend.map((p) => (p === null ? null : p / 100)), 80, 24, kind));
  return drawing;
}

async function ask(address) {
  const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (answer.ok) return body;
  const problem = new Error(body.detail || body.title || "The league does not answer; try again soon.");
  problem.firstPage = body.first_page;
  throw problem;
}

function windowLinks(current) {
  const items = Object.entries(WINDOWS).map(([name, words]) => {
    const to = link({ window: name, ...(asked.get("q") ? { q: asked.get("q") } : {}) }, words);
    if (name === current) to.setAttribute("aria-current", "page");
    return make("li", {}, to);
  });
  return make("nav", { "aria-label": "Period" }, make("ul", { class: "periods" }, ...items));
}

function searchForm(current) {
  const field = make("input", {
    type: "search", name: "q", id: "q", maxlength: "30", value: asked.get("q") || "",
    autocomplete: "off", placeholder: "Start of a name",
  });
  return make(
    "form",
    { action: "/", method: "get", role: "search" },
    make("label", { for: "q" }, "Find a trader"),
    field,
    make("input", { type: "hidden", name: "window", value: current }),
    make("button", {}, "Find"),
  );
}

function rankCell(row) {
  if (row.rank === null) return make("span", {}, "–");
  const change = row.rank_change;
  if (!change) return make("span", {}, String(row.rank));
  const words = `${Math.abs(change)} ${change > 0 ? "up" : "down"} since the last hour`;
  const arrow = make("small", { class: change > 0 ? "up" : "down", title: words }, `${change > 0 ? "▲" : "▼"}${Math.abs(change)}`);
  arrow.append(make("span", { class: "unseen" }, words));
  return make("span", {}, `${row.rank} `, arrow);
}

function nameCell(row) {
  const notes = [STATUS[row.status], row.capped ? "held down: large deposits" : ""].filter(Boolean);
  return make("span", {}, link({ trader: row.name }, row.name), make("small", {}, notes.join(" · ")));
}

async function board() {
  const current = asked.get("window") in WINDOWS ? asked.get("window") : "24h";
  const wanted = new URLSearchParams({ window: current, limit: "50" });
  for (const name of ["q", "cursor"]) if (asked.get(name)) wanted.set(name, asked.get(name));
  const page = await ask(`/api/board?${wanted}`);
  const league = page.league;
  const summary = page.as_of
    ? `As of ${instant(page.as_of)}: ${league.joined} joined, ${league.active} active, ${league.ranked} ranked; ` +
      `half made more than ${percent(league.median_pct)} in ${WINDOWS[current]}.`
    : "The first hour has not closed yet.";
  const kinds = ["24h", "7d", "30d"].map((name) => (name === current ? "number chosen" : "number other"));
  const rows = page.traders.map((row) => [
    rankCell(row), nameCell(row),
    number(row.pnl_24h_pct), number(row.pnl_7d_pct), number(row.pnl_30d_pct),
    make("span", {}, fall(row.max_drawdown_pct)), sparkline(row.trend),
  ]);
  const heads = [
    ["Rank", "rank"], ["Trader", "name"], ["24 h", kinds[0]], ["7 d", kinds[1]], ["30 d", kinds[2]],
    ["Worst fall", "number fall"], ["Trend", "trend"],
  ];
  const list = rows.length
    ? table(`Traders by their return in ${WINDOWS[current]}`, heads, rows)
    : make("p", {}, asked.get("q") ? "No name starts like that." : "Nobody is on the board yet.");
  const next = page.next_cursor
    ? link({ window: current, cursor: page.next_cursor, ...(asked.get("q") ? { q: asked.get("q") } : {}) }, "Next page")
    : "";
  return {
    data: page,
    title: asked.get("q") ? `Names that start with “${asked.get("q")}”` : "The board",
    summary,
    parts: [make("div", { class: "tools" }, windowLinks(current), searchForm(current)), list, make("p", { class: "more" }, next)],
  };
}

function tiles(profile) {
  const items = Object.entries(WINDOWS).map(([name, words]) => {
    const { pct, rank, capped } = profile.pnl[name];
    const place = rank === null ? "not ranked yet" : `rank ${rank}`;
    return make("div", {}, make("dt", {}, words), make("dd", {}, number(pct), make("small", {}, capped ? `${place}, held down: large deposits` : place)));
  });
  return make("dl", { class: "tiles" }, ...items);
}

function chart(days) {
  const known = days.flatMap((day) => [day.cumulative_pct, day.btc_pct]).filter((each) => each !== null).map(Number);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const scale = (text) => (text === null ? null : (Number(text) - low) / (high - low || 1));
  const drawn = days.filter((day) => day.cumulative_pct !== null);
  const last = drawn.at(-1);
  const words = last
    ? `Since ${drawn[0].date}: the trader ${percent(last.cumulative_pct)}, Bitcoin ${percent(last.btc_pct)}.`
    : "There is no full day to show yet.";
  const zero = ((1 - scale("0")) * 200).toFixed(1);
  const drawing = make(
    "svg",
    { viewBox: "-4 -4 608 208", class: "chart", role: "img", "aria-label": words, preserveAspectRatio: "none" },
    make("line", { x1: "0", x2: "600", y1: zero, y2: zero, class: "axis", "vector-effect": "non-scaling-stroke" }),
    path(days.map((day) => scale(day.btc_pct)), 600, 200, "line other"),
    path(days.map((day) => scale(day.cumulative_pct)), 600, 200, "line main"),
  );
  const heads = [["Day", "name"], ["Trader", "number"], ["Bitcoin", "number"]];
  const rows = days.map((day) => [make("span", {}, day.date), number(day.cumulative_pct), number(day.btc_pct)]);
  return make(
    "figure",
    {},
    drawing,
    make("figcaption", {}, make("span", { class: "key main" }, "Trader"), make("span", { class: "key other" }, "Bitcoin"), words),
    make("details", {}, make("summary", {}, "Show as a table"), table("Return by day", heads, rows)),
  );
}

function coins(profile) {
  if (profile.allocation === null) return make("p", {}, "Not shown, or not known before the first midnight (UTC).");
  const changes = new Map(profile.coins.map((coin) => [coin.asset, coin]));
  const rows = profile.allocation.map(({ asset, share_pct }) => {
    const coin = changes.get(asset) || { change_24h_pct: null, since_last_buy_pct: null };
    const bar = make("svg", { viewBox: "0 0 100 8", class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" }, make("rect", { width: share_pct, height: "8" }));
    return [make("span", {}, asset), make("span", {}, `${share_pct} %`), bar, number(coin.change_24h_pct), number(coin.since_last_buy_pct)];
  });
  const heads = [["Coin", "name"], ["Share", "number"], ["Share drawn", "bar", true], ["24 h", "number"], ["Since bought", "number"]];
  return table("Coins, as of the last midnight UTC", heads, rows);
}

function risk(profile) {
  const pairs = [
    ["Worst fall, 24 hours", fall(profile.risk.max_drawdown_24h_pct)],
    ["Worst fall, 7 days", fall(profile.risk.max_drawdown_7d_pct)],
    ["Worst fall, 30 days", fall(profile.risk.max_drawdown_30d_pct)],
    ["Swings in a year", fall(profile.risk.volatility_pct)],
    ["Sharpe ratio", profile.risk.sharpe ?? "–"],
    ["Sortino ratio", profile.risk.sortino ?? "–"],
  ];
  return make("dl", { class: "pairs" }, ...pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function tradeTable(page) {
  if (page.view === "hidden") return make("p", {}, "This trader does not show trades.");
  if (!page.trades.length) return make("p", {}, "No trades in these days.");
  const when = (row) => (row.precision === "day" ? row.at : row.precision === "hour" ? `${instant(row.at).slice(0, 13)} h UTC` : `${row.at.slice(0, 10)} ${row.at.slice(11, 19)} UTC`);
  const rows = page.trades.map((row) => [
    make("span", {}, when(row)), make("span", {}, row.pair),
    make("span", {}, row.side === "buy" ? "bought" : "sold"), make("span", {}, row.price ?? "–"),
    make("span", {}, row.size_pct === null ? "–" : SIZES[row.size_pct] || `${row.size_pct.replace("-", " to ")} %`),
  ]);
  const heads = [["When", "name"], ["Pair", "pair"], ["Bought or sold", "side", true], ["Price", "number"], ["Part of all", "number"]];
  return table("Trades, newest first", heads, rows);
}

async function trader() {
  const name = asked.get("trader");
  const address = `/api/traders/${encodeURIComponent(name)}`;
  const cursor = asked.get("cursor") ? `?${new URLSearchParams({ cursor: asked.get("cursor") })}` : "";
  const [profile, performance, trades] = await Promise.all([
    ask(address), ask(`${address}/performance`), ask(`${address}/trades${cursor}`),
  ]);
  const section = (words, ...parts) => make("section", {}, make("h2", {}, words), ...parts);
  const older = trades.next_cursor ? link({ trader: profile.name, cursor: trades.next_cursor }, "Older trades") : "";
  const about = [profile.exchanges.join(", "), `joined ${profile.joined_at.slice(0, 10)}`, STATUS[profile.status], `as of ${instant(profile.as_of)}`];
  return {
    data: [profile, performance, trades],
    title: profile.name,
    summary: about.filter(Boolean).join(" · "),
    parts: [
      tiles(profile),
      section("Return beside Bitcoin", chart(performance.days)),
      section("Coins", coins(profile)),
      section("Risk", risk(profile)),
      section("Trades of the last days", tradeTable(trades), make("p", { class: "more" }, older)),
      make("p", {}, make("a", { href: "/" }, "Back to the board")),
    ],
  };
}

let shown = "";

async function show() {
  try {
    const page = asked.get("trader") ? await trader() : await board();
    const content = JSON.stringify(page.data);
    if (content !== shown) {
      shown = content;
      byId("title").textContent = page.title;
      document.title = `${page.title} – CoinMarketLeague`;
      byId("summary").textContent = page.summary;
      byId("view").replaceChildren(...page.parts);
    }
    byId("message").textContent = "";
  } catch (problem) {
    byId("message").textContent = problem.message;
    const first = new URLSearchParams((problem.firstPage || "").split("?")[1]);
    first.delete("limit");
    byId("message").append(" ", link(first, "Go to the first page"));
    if (!shown) byId("summary").textContent = "";
  }
  byId("content").setAttribute("aria-busy", "false");
}

show();
setInterval(() => {
  const typing = document.activeElement === byId("q");
  if (!document.hidden && !typing) show();
}, REFRESH_MS);
