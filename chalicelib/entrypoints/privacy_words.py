"""What the settings of a trader mean, in plain words, and what the league promises."""

from typing import Final

from chalicelib.domain.account import Audience, TradesView, Visibility

PROMISE: Final = (
    "From the lists on a profile and the exchange's tape nobody can tell which order was"
    " yours, nor your balance to better than a factor of ten, while you trade liquid pairs in"
    " amounts usual there and do not trade all day. Returns are public by the hour, so a"
    " patient observer who fits them to market prices can learn how your money is split and"
    " when you traded; after a few trades the tape may then tell him how much it is, in liquid"
    " pairs too. If that matters, hide trades and allocation; to be sure, do not be listed."
)

_TRADES: Final = {
    TradesView.GUARDED: (
        "Others see one row per hour, pair and side, after the hour has closed, with the closing"
        " price of the hour and the size as a range of percent of all you had; of less traded"
        " coins the day alone, once it is over, and of thinly traded coins nothing."
    ),
    TradesView.EXACT: (
        "Others see every fill with its second and price, but no quantity. Your balance can be"
        " worked out from that."
    ),
    TradesView.HIDDEN: "Nobody but you sees your trades.",
}
_WHO: Final = {
    Audience.EVERYONE: "everyone",
    Audience.FOLLOWERS: "those who follow you; anyone can",
    Audience.NOBODY: "nobody but you",
}


def words(visibility: Visibility) -> dict[str, str]:
    """By name of the setting, what its present value means."""
    return {
        "listed": (
            "You are on the board and found by your name."
            if visibility.listed
            else "You have no profile for others, no place on the board and no rank; you still"
            " count in the league's numbers."
        ),
        "trades": _TRADES[visibility.trades],
        "trades_for": f"Your list of trades is for {_WHO[visibility.trades_for]}.",
        "allocation_for": (
            "How your money is split, in whole percent as of the last midnight UTC, and how these"
            f" coins did is for {_WHO[visibility.allocation_for]}."
        ),
    }
