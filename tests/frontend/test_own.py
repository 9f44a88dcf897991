"""One's own profile in a browser: what is there for its trader alone, and for nobody else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.frontend.conftest import remember
from tests.frontend.fake_league import FakeLeague
from tests.frontend.fake_own import FORMULA
from tests.frontend.shots import set_new, settle

Visit = Callable[[str], Page]
MINE = "/t/quiet_harbour"
PRIVATE = re.compile(
    r"61803|14159|57721|73205|02500001|16227766|37084989|24974987|45575632|48,211|only you see"
)
"""What stands in the trader's own answers and nowhere else."""


@pytest.fixture
def own(visit: Visit, page: Page, site: str, league: FakeLeague) -> Callable[..., Page]:
    """Opens an address as quiet_harbour."""

    def opened(path: str = MINE) -> Page:
        remember(page, site, league)
        visit(path)
        settle(page)
        return page

    return opened


def everything(page: Page) -> str:
    """All text of the page, also that which is out of sight or said in attributes."""
    found: str = page.evaluate(
        """() => document.body.textContent + [...document.querySelectorAll("*")]
        .map((each) => [...each.attributes].map((one) => one.value).join(" ")).join(" ")"""
    )
    return found


def test_the_balance_is_locked_live_and_tells_both_ages(own: Callable[..., Page]) -> None:
    tile = own().locator(".balance")
    expect(tile).to_contain_text("48,211.62 USDT")
    expect(tile).to_contain_text("live")
    expect(tile).to_contain_text(re.compile(r"prices \d+ s ago"))
    expect(tile).to_contain_text("account heard 4 min ago")
    expect(tile.locator(".lock")).to_contain_text("only you see this")


def test_the_balance_moves_with_the_market(own: Callable[..., Page], league: FakeLeague) -> None:
    page = own()
    league.own.balance = "48315.05"
    page.clock.run_for(21_000)
    expect(page.locator(".balance .rose")).to_contain_text("48,315.05 USDT▲")
    league.own.balance = "48000.10"
    page.clock.run_for(21_000)
    expect(page.locator(".balance .fell")).to_contain_text("48,000.10 USDT▼")


def test_a_balance_that_cannot_be_renewed_is_not_called_live(
    own: Callable[..., Page], league: FakeLeague
) -> None:
    page = own()
    league.broken.add("/me/balance")
    page.clock.run_for(21_000)
    expect(page.locator(".balance")).to_contain_text("48,211.62 USDTnot renewed")
    league.broken.clear()
    page.clock.run_for(16_000)
    expect(page.locator(".balance .live")).to_have_text("live")


def test_coins_have_quantity_worth_cost_and_last_buy(own: Callable[..., Page]) -> None:
    row = own().locator(".own-coins").get_by_role("row", name="BTC")
    expect(row).to_contain_text("BTC22,390.3146.44 %0.3371415966,412.27+1.20 %61,999.14")
    expect(row).to_contain_text("61,250.5721 Nov 2026 14:05+8.43 %")


def test_each_day_has_its_profit_drawn_said_and_listed(own: Callable[..., Page]) -> None:
    card = own().locator(".own-chart").nth(0)
    said = "3 days with a profit, 4 with a loss. Best: 20 Nov, +812.27 USDT."
    expect(card.locator(".canvas")).to_have_attribute("aria-label", said)
    card.get_by_text("Show as table").click()
    expect(card.locator("tbody tr")).to_have_count(8)
    expect(card.get_by_role("row", name="23 Nov 2026")).to_contain_text("−77.30")


def test_the_net_worth_tells_where_money_came_in_and_went_out(own: Callable[..., Page]) -> None:
    card = own().locator(".own-chart").nth(1)
    said = re.compile("▲ money came in on 1 day, ▼ went out on 1 day")
    expect(card.locator(".canvas")).to_have_attribute("aria-label", said)
    card.get_by_text("Show as table").click()
    expect(card.get_by_role("row", name="18 Nov 2026")).to_contain_text("22,280.03–")
    expect(card.get_by_role("row", name="21 Nov 2026")).to_contain_text("–1,500.73")


def test_the_drawing_shows_the_flows_and_the_imported_days(
    own: Callable[..., Page], league: FakeLeague
) -> None:
    """What is drawn is looked at in `make shots`; here, that there is paint of those colours."""
    league.imported = True
    page = own()
    painted = (
        page.locator(".own-chart canvas")
        .nth(1)
        .evaluate(
            """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] === 255) seen.add([data[at], data[at + 1], data[at + 2]].join());
          return [...seen];
        }"""
        )
    )
    assert {"8,113,74", "189,36,54"} <= set(painted)
    expect(page.locator(".own-chart").get_by_role("button", name="before joining")).to_have_count(2)


def test_a_return_opens_its_rule_with_the_own_numbers(own: Callable[..., Page]) -> None:
    page = own()
    page.get_by_role("button", name="How is this computed: Return, 7 d").press("Enter")
    rule = page.get_by_role("dialog")
    expect(rule).to_contain_text("From16 Nov 2026 09:00 UTCTo23 Nov 2026 09:00 UTC")
    expect(rule).to_contain_text("Profit or loss, USDT+4,931.37")
    expect(rule).to_contain_text(
        "Return, deposits taken out+14.93 %Return on all the money+11.40 %"
    )
    expect(rule).to_contain_text(
        "22,280.03 USDT came in, more than was left of the 21,000.25 USDT at the start. So not the"
        " return with deposits taken out is shown, +14.93 %, but the lower one on all the money,"
        " +11.40 %."
    )


def test_every_figure_of_ones_own_opens_its_rule(own: Callable[..., Page]) -> None:
    page = own()
    buttons = page.get_by_role("button", name="How is this computed")
    assert buttons.count() >= 20
    for each in buttons.all():
        each.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
    assert page.locator(".explanation .figured").count() >= 18


def test_who_is_not_ranked_is_told_why_and_until_when(
    own: Callable[..., Page], league: FakeLeague
) -> None:
    league.own.ranked = False
    page = own()
    flag = page.locator(".tile").get_by_role("button", name="not ranked yet: 3 h to go")
    flag.press("Enter")
    rule = page.get_by_role("dialog")
    expect(rule).to_contain_text("Your record is younger than this window.")
    expect(rule).to_contain_text("Until 23 Nov, 12:00 UTC (23 Nov, 13:00 your time) at the latest")
    expect(rule).to_contain_text("you would stand at rank 31 now")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="not ranked: why")).to_be_visible()


def test_trades_are_exact_and_transactions_paged(own: Callable[..., Page]) -> None:
    page = own()
    trades = page.locator("section", has=page.locator("#trades-title"))
    first = trades.locator("tbody tr").first
    expect(first).to_contain_text("23 Nov 08:52:49 (09:52 yours)")
    expect(first).to_contain_text("3,000.577211.61803 BTC4,000.14 USDT0.00101 BNB")
    moved = page.locator("section", has=page.locator("#transactions-title"))
    expect(moved.locator("tbody tr")).to_have_count(50)
    expect(moved.locator("tbody tr").nth(1)).to_contain_text("Withdrawal−1,500.73205081 USDT")
    moved.get_by_role("button", name="Older").click()
    expect(moved.locator("time").first).to_contain_text("17 Nov")
    moved.get_by_role("button", name="Newer").click()
    expect(moved.locator("time").first).to_contain_text("23 Nov")


def saved(page: Page, button: str, nth: int = 0) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).nth(nth).click()
    return Path(download.value.path()).read_bytes().decode()


def test_files_are_whole_and_no_formula_is_in_them(own: Callable[..., Page]) -> None:
    page = own()
    moved = saved(page, "CSV: save transactions as a file").splitlines()
    assert len(moved) == 101
    assert moved[0] == "at,what,asset,quantity,value_usdt,network_fee"
    assert [line.count("at,what") for line in moved[1:]] == [0] * 100
    trades = saved(page, "CSV: save trades as a file")
    coins = saved(page, "CSV: save my coins as a file")
    for text in (trades, coins, "\n".join(moved)):
        assert f"'{FORMULA}" in text
        assert not re.search(r"(^|,)=", text, re.MULTILINE)


def test_a_visitors_file_is_made_of_what_he_sees(visit: Visit, page: Page) -> None:
    visit(MINE)
    settle(page)
    rows = saved(page, "CSV: save trades as a file").split("\r\n")
    assert rows[0] == "at,precision,pair,side,price,size_pct"
    assert len(rows) == 102
    line = saved(page, "CSV: save the line as a file")
    assert line.startswith("date,cumulative_pct,btc_pct,imported\r\n2026-11-16,0.00,0.00,no\r\n")


def test_a_visitors_file_has_no_formula(visit: Visit, page: Page) -> None:
    def odd(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("BTC/USDT", '=A1+\\"x\\",B'))

    page.route("**/trades*", odd)
    visit(MINE)
    settle(page)
    text = saved(page, "CSV: save trades as a file")
    assert ',"\'=A1+""x"",B",' in text
    assert ",=" not in text


def test_a_visitor_gets_no_trace_of_it(visit: Visit, page: Page, league: FakeLeague) -> None:
    visit(MINE)
    settle(page)
    assert not PRIVATE.search(everything(page))
    assert page.locator(".lock, .balance, .own-chart, .own-coins, .own-returns").count() == 0
    assert not [path for path in league.asked if "/me" in path or "transactions" in path]
    assert page.get_by_role("button", name="Hide amounts").count() == 0
    page.keyboard.press("h")
    assert page.evaluate("() => localStorage.getItem('amounts')") is None
    loaded = page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name)"
    )
    assert not [name for name in loaded if "OwnParts" in name or "own-" in name]


def test_another_member_gets_no_trace_of_it(own: Callable[..., Page], league: FakeLeague) -> None:
    page = own("/t/amber_finch")
    expect(page.get_by_role("button", name="Following: drop amber_finch")).to_be_visible()
    assert not PRIVATE.search(everything(page))
    assert not [path for path in league.asked if "balance" in path or "transactions" in path]


def test_the_preview_is_what_others_see(own: Callable[..., Page], league: FakeLeague) -> None:
    page = own(f"{MINE}?from=2026-11-20&to=2026-11-22")
    league.asked.clear()
    page.get_by_role("link", name="As others see me").click()
    page.wait_for_url("**?from=2026-11-20&to=2026-11-22&as=visitor")
    expect(page.get_by_text("This is your profile as others see it.")).to_be_visible()
    expect(page.locator(".trades tbody tr")).to_have_count(50)
    settle(page)
    assert not PRIVATE.search(everything(page))
    page.get_by_role("link", name="those who follow you").click()
    page.wait_for_url("**&as=follower")
    asked = [path for path in league.asked if path.startswith("/traders/")]
    assert all("as=" in path for path in asked)
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**&as=follower")
    page.get_by_role("link", name="back to my own view").click()
    expect(page.locator(".balance")).to_contain_text("48,211.62 USDT")


@pytest.mark.parametrize("way", ["key", "button"])
def test_one_key_hides_all_amounts_and_it_stays_so(
    own: Callable[..., Page], league: FakeLeague, way: str
) -> None:
    league.own.ranked = False
    page = own()
    assert PRIVATE.search(everything(page).replace("only you see", ""))
    if way == "key":
        page.keyboard.press("h")
    else:
        page.get_by_role("button", name="Hide amounts").click()
    expect(page.get_by_role("button", name="Show amounts")).to_be_visible()
    assert not PRIVATE.search(everything(page).replace("only you see", ""))
    assert not amounts_in(page)
    page.reload()
    settle(page)
    expect(page.locator(".balance")).to_contain_text("•••••")
    assert not PRIVATE.search(everything(page).replace("only you see", ""))
    page.get_by_label("First day (UTC)").focus()
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Show amounts")).to_be_visible()
    page.get_by_role("link", name="7 days").focus()
    page.keyboard.press("h")
    expect(page.locator(".balance")).to_contain_text("48,211.62")


def amounts_in(page: Page) -> list[str]:
    """Numbers in the parts that are his alone, other than percentages, ranks, days and ages."""
    text = page.evaluate(
        """() => [...document.querySelectorAll(".balance .big, .own-coins td, .own-returns td,"
        + " .own-below, .figcaption, .legend, .trades td.right, .own-chart td")]
        .map((each) => each.textContent).join(" | ")"""
    )
    kept = re.sub(r"[+−]?[\d,.]+ %|\d+ (Nov|days?|with|h)\b( 2026)?( \d\d:\d\d)?", "", text)
    return re.findall(r"\d+[.,]\d+", kept)


def test_a_new_trader_sees_what_is_missing(own: Callable[..., Page], league: FakeLeague) -> None:
    set_new(league)
    page = own()
    expect(page.get_by_text("Nothing is held.")).to_be_visible()
    expect(page.get_by_text("No transactions in these days.")).to_be_visible()
    expect(page.get_by_text("There is no line to draw yet.")).to_be_visible()


def test_while_it_loads_its_shape_is_there(
    visit: Visit, page: Page, site: str, league: FakeLeague
) -> None:
    waiting: list[Route] = []
    remember(page, site, league)
    page.route("**/api/**", lambda route: waiting.append(route))
    visit(MINE)
    expect(page.locator(".tiles.four[aria-busy=true]")).to_be_visible()
    assert page.locator(".own-chart").count() == 2
    for each in waiting:
        each.continue_()
    page.unroute("**/api/**")
    expect(page.locator(".tiles.four[aria-busy=false]")).to_be_visible()


def test_a_failure_of_one_part_leaves_the_others(
    own: Callable[..., Page], league: FakeLeague
) -> None:
    league.broken |= {"/traders/quiet_harbour/transactions", "/me/balance"}
    page = own()
    expect(page.locator(".balance")).to_contain_text("48,211.62 USDTnot renewed")
    moved = page.locator("section", has=page.locator("#transactions-title"))
    expect(moved).to_contain_text("The league does not answer just now.")
    league.broken.clear()
    moved.get_by_role("button", name="Try again").click()
    expect(moved.locator("tbody tr")).to_have_count(50)


def test_offline_keeps_what_was_loaded(own: Callable[..., Page]) -> None:
    page = own()
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.get_by_text("You are offline.").first).to_be_visible()
    expect(page.locator(".balance")).to_contain_text("48,211.62 USDTnot renewed")
    page.get_by_role("button", name="CSV: save transactions as a file").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "The file with transactions could not be made"
    )
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0)
    expect(page.locator(".balance .live")).to_have_text("live")


def test_an_expired_session_asks_again_and_the_page_goes_on(
    own: Callable[..., Page], league: FakeLeague
) -> None:
    page = own()
    league.members.end_all()
    league.own.balance = "50000.5"
    page.clock.run_for(21_000)
    expect(page.get_by_role("dialog")).to_contain_text("Please sign in again.")
    expect(page.locator(".balance")).to_contain_text("48,211.62 USDT")
    page.get_by_label("Password").fill("salt and anchor")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".balance")).to_contain_text("50,000.50 USDT")


def test_signing_out_takes_it_all_off_the_page(own: Callable[..., Page]) -> None:
    page = own()
    page.locator(".me").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".balance")).to_have_count(0)
    settle(page)
    assert not PRIVATE.search(everything(page))
