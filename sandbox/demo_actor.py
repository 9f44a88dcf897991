"""One exchange account of a demo trader at work: decides by his strategy, acts with his own key.

What he holds is followed from the exchange's own answers. The league never sees this key: it gets
a second one that may only read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from random import Random

from chalicelib.domain.account import KeyPair
from chalicelib.domain.money import plain
from sandbox.demo_moves import (
    USDT,
    Buy,
    Listing,
    Move,
    PayIn,
    PayOut,
    Sell,
    Strategy,
    View,
    order_amount,
)
from sandbox.exchange.client import AdminClient, Answer, SandboxRefusal, SignedClient

NETWORK_FEES = {USDT: Decimal(1), "BTC": Decimal("0.00005"), "ETH": Decimal("0.0008")}
_USUAL_FEE = Decimal("0.01")
_WILL_NOT_TRADE = {-1013, -2010}
_EIGHT_DECIMALS = Decimal("0.00000001")


@dataclass(slots=True)
class Actor:
    """An account, its money, and how it is traded."""

    name: str
    uid: int
    league_key: KeyPair
    own_key: KeyPair
    trading: SignedClient
    strategy: Strategy
    dice: Random
    holdings: dict[str, Decimal]
    hour: int = 0

    def close(self) -> None:
        """Give up the connection to the exchange."""
        self.trading.close()

    def plan(
        self, clock_hour: int, market: Mapping[str, Listing], moved: Mapping[str, float]
    ) -> list[Move]:
        """His moves of the coming hour, in the order of their seconds."""
        view = self.view(clock_hour, market, moved)
        self.hour += 1
        return sorted(self.strategy.plan(view), key=lambda move: move.second)

    def view(
        self, clock_hour: int, market: Mapping[str, Listing], moved: Mapping[str, float]
    ) -> View:
        """What he sees now."""
        return View(self.hour, clock_hour, self.holdings, market, moved, self.dice)

    def act(self, move: Move, market: Mapping[str, Listing], bank: AdminClient) -> bool:
        """Carry out one move now; returns whether anything happened.

        An order too small for the exchange is let go. Raises SandboxRefusal for other refusals.
        """
        if isinstance(move, PayIn):
            bank.deposit(self.uid, move.asset, move.quantity)
            self._change(move.asset, move.quantity)
            return True
        if isinstance(move, PayOut):
            return self._pay_out(move, bank)
        return move.symbol in market and self._trade(move, market[move.symbol])

    def read_holdings(self, bank: AdminClient) -> None:
        """Look up what is in the account: someone may have traded in it by hand."""
        found = bank.books(self.uid)["balances"]
        self.holdings = {asset: Decimal(each["free"]) for asset, each in found.items()}

    def _pay_out(self, move: PayOut, bank: AdminClient) -> bool:
        fee = NETWORK_FEES.get(move.asset, _USUAL_FEE)
        whole = self.holdings.get(move.asset, Decimal(0)) * Decimal(str(move.share))
        arriving = (whole - fee).quantize(_EIGHT_DECIMALS, ROUND_DOWN)
        if arriving < fee:
            return False
        bank.withdraw(self.uid, move.asset, arriving, fee=fee)
        self._change(move.asset, -(arriving + fee))
        return True

    def _trade(self, move: Buy | Sell, listing: Listing) -> bool:
        amount = order_amount(move, listing, self.holdings)
        if amount is None:
            return False
        side = "BUY" if isinstance(move, Buy) else "SELL"
        quote = plain(amount[1]) if amount[0] == "quoteOrderQty" else None
        quantity = plain(amount[1]) if amount[0] == "quantity" else None
        try:
            answer = self.trading.market_order(side, listing.symbol, quantity=quantity, quote=quote)
        except SandboxRefusal as refusal:
            if isinstance(refusal.answer, dict) and refusal.answer.get("code") in _WILL_NOT_TRADE:
                return False
            raise
        self._take_in(side, listing, answer["fills"])
        return bool(answer["fills"])

    def _take_in(self, side: str, listing: Listing, fills: Iterable[Answer]) -> None:
        sign = 1 if side == "BUY" else -1
        for fill in fills:
            price, quantity = Decimal(fill["price"]), Decimal(fill["qty"])
            self._change(listing.base, sign * quantity)
            self._change(listing.quote, -sign * price * quantity)
            self._change(fill["commissionAsset"], -Decimal(fill["commission"]))

    def _change(self, asset: str, by: Decimal) -> None:
        self.holdings[asset] = self.holdings.get(asset, Decimal(0)) + by


def open_actor(
    name: str,
    strategy: Strategy,
    balances: Mapping[str, str],
    *,
    bank: AdminClient,
    address: str,
    clock: Callable[[], int],
    dice: Random,
) -> Actor:
    """An actor with a new account at the exchange: a reading key for the league, a trading key
    for himself. Who owns BNB from the start pays commissions in it. `clock` is exchange time."""
    opened = bank.open_account(balances, fee_in_bnb="BNB" in balances)
    added = bank.add_key(int(opened["uid"]), spot_and_margin_trading=True)
    own = KeyPair(str(added["key"]), str(added["secret"]))
    return Actor(
        name=name,
        uid=int(opened["uid"]),
        league_key=KeyPair(str(opened["key"]), str(opened["secret"])),
        own_key=own,
        trading=SignedClient(address, own.api_key, own.secret, clock=clock),
        strategy=strategy,
        dice=dice,
        holdings={asset: Decimal(quantity) for asset, quantity in balances.items()},
    )
