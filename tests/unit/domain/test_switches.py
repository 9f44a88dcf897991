import pytest

from chalicelib.domain.errors import InvalidRequest, Paused
from chalicelib.domain.switches import (
    LONGEST_BANNER,
    MEANS,
    ON,
    Switch,
    Switched,
    switch_named,
    switched,
    value_for,
)

PAUSES = [each for each in Switch if each is not Switch.BANNER]


def test_what_is_not_kept_is_not_switched() -> None:
    assert switched({}) == Switched(frozenset(), None)


@pytest.mark.parametrize("switch", PAUSES)
@pytest.mark.parametrize(("value", "holds"), [("on", True), (" ON ", True), ("off", False)])
def test_a_pause_holds_while_it_is_on(switch: Switch, value: str, holds: bool) -> None:
    assert (switch in switched({switch: value}).paused) is holds


def test_a_value_nobody_knows_pauses_nothing() -> None:
    assert switched({Switch.MAIL: "perhaps"}) == Switched()


def test_a_banner_is_one_line() -> None:
    found = switched({Switch.BANNER: "  We move\n house tonight. "})
    assert (found.banner, found.paused) == ("We move house tonight.", frozenset())
    assert switched({Switch.BANNER: "on"}).banner == "on"


def test_a_long_banner_is_cut_where_it_was_not_set_by_the_command() -> None:
    assert len(switched({Switch.BANNER: "x" * 900}).banner or "") == LONGEST_BANNER


def test_what_is_paused_is_refused_in_words() -> None:
    paused = Switched(frozenset({Switch.LINKING}))
    with pytest.raises(Paused, match="linking exchange accounts is paused"):
        paused.require_running(Switch.LINKING)
    paused.require_running(Switch.MAIL)


@pytest.mark.parametrize(
    ("switch", "text", "kept"),
    [
        (Switch.MAIL, "On", ON),
        (Switch.MAIL, "off", None),
        (Switch.BANNER, "off", None),
        (Switch.BANNER, "  Back  at noon. ", "Back at noon."),
        (Switch.BANNER, "", None),
    ],
)
def test_what_an_operator_says_is_kept(switch: Switch, text: str, kept: str | None) -> None:
    assert value_for(switch, text) == kept


@pytest.mark.parametrize(
    ("switch", "text"), [(Switch.MAIL, "yes"), (Switch.BANNER, "x" * (LONGEST_BANNER + 1))]
)
def test_what_cannot_be_kept_is_refused(switch: Switch, text: str) -> None:
    with pytest.raises(InvalidRequest):
        value_for(switch, text)


def test_a_switch_that_is_none_names_those_that_are() -> None:
    assert switch_named("pause-mail") is Switch.MAIL
    with pytest.raises(InvalidRequest, match="pause-ranking, pause-linking"):
        switch_named("mail")


def test_each_switch_says_what_it_means() -> None:
    assert set(MEANS) == set(Switch)
