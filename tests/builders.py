"""Records with defaults, so that a test states only what matters to it.

Amounts are given as text, instants as datetimes (or by `at`). Every default is a valid value.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    KeyPair,
    KeyPermissions,
    Trader,
    Visibility,
)
from chalicelib.domain.block import COLUMNS, Block, Kind, empty_block
from chalicelib.domain.holdings import AccountHoldings, LastBuy, Order, Position, Quantity
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    Fill,
    LedgerEntry,
    Side,
    Source,
    WholeChange,
)
from chalicelib.domain.market import AssetPrice, PriceList, Quote, Symbol
from chalicelib.services.exchange_ports import AccountReading
from chalicelib.services.ports import Lease, Seat, Snapshot, StreamItem
from chalicelib.services.streaming import CONTAINERS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""The instant that all defaults are about: a full hour."""

EXCHANGE = "binance"
ACCOUNT = "01JACCT0000000000000000001"
TRADER = "01JTRADER00000000000000001"


def at(
    hours: float = 0, minutes: float = 0, seconds: float = 0, milliseconds: float = 0
) -> datetime:
    """NOON, moved."""
    return NOON + timedelta(
        hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
    )


def amounts(**quantities: str) -> dict[str, Decimal]:
    """Quantities per asset: amounts(BTC="1", USDT="20")."""
    return {asset: Decimal(quantity) for asset, quantity in quantities.items()}


def fill(
    *,
    base: str = "BTC",
    quote: str = "USDT",
    trade_id: int = 1,
    order_id: int = 1,
    side: Side = Side.BUY,
    price: str = "60000",
    quantity: str = "0.1",
    quote_quantity: str | None = None,
    commission: str = "0",
    commission_asset: str | None = None,
    executed_at: datetime = NOON,
) -> Fill:
    """A fill; its quote quantity is price × quantity unless given."""
    total = Decimal(price) * Decimal(quantity) if quote_quantity is None else quote_quantity
    return Fill(
        symbol=base + quote,
        base=base,
        quote=quote,
        trade_id=trade_id,
        order_id=order_id,
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        quote_quantity=Decimal(total),
        commission=Decimal(commission),
        commission_asset=commission_asset,
        executed_at=executed_at,
    )


def balance_change(
    *,
    kind: ChangeKind = ChangeKind.DEPOSIT,
    asset: str = "USDT",
    quantity: str = "1000",
    changed_at: datetime = NOON,
    change_id: str = "1",
    source: Source = Source.HISTORY,
    network_fee: str = "0",
    whole: WholeChange | None = None,
) -> BalanceChange:
    """A change of one balance that is no fill: a deposit unless `kind` says otherwise."""
    return BalanceChange(
        kind=kind,
        asset=asset,
        quantity=Decimal(quantity),
        changed_at=changed_at,
        change_id=change_id,
        source=source,
        network_fee=Decimal(network_fee),
        whole=whole,
    )


def checkpoint(taken_at: datetime = NOON, **quantities: str) -> Checkpoint:
    """checkpoint(BTC="1", USDT="20")."""
    return Checkpoint(taken_at, amounts(**quantities))


def order(updated_at: datetime = NOON, sequence: int = 1) -> Order:
    """When a quantity was true; the event came at that same instant."""
    return Order(updated_at, updated_at, sequence)


def quantity(amount: str = "1", updated_at: datetime = NOON, sequence: int = 1) -> Quantity:
    """A quantity that was true at `updated_at`."""
    return Quantity(Decimal(amount), order(updated_at, sequence))


def position(updated_at: datetime = NOON, sequence: int = 1, **quantities: str) -> Position:
    """What one frame says: position(BTC="1")."""
    return Position(amounts(**quantities), order(updated_at, sequence))


def account_holdings(
    *,
    account_id: str = ACCOUNT,
    trader_id: str = TRADER,
    seat: int = 0,
    exchange: str = EXCHANGE,
    link_number: int = 1,
    linked_at: datetime = NOON,
    quantities: Mapping[str, Quantity] | None = None,
    last_buys: Mapping[str, LastBuy] | None = None,
    last_event_at: datetime | None = None,
    last_flow_at: datetime | None = None,
    doubted_at: datetime | None = None,
    reconciled_at: datetime | None = None,
    unlinked_at: datetime | None = None,
    version: int = 0,
) -> AccountHoldings:
    """A holdings row: 1000 USDT since NOON unless `quantities` says otherwise."""
    return AccountHoldings(
        account_id=account_id,
        trader_id=trader_id,
        seat=seat,
        exchange=exchange,
        link_number=link_number,
        linked_at=linked_at,
        quantities={"USDT": quantity("1000")} if quantities is None else quantities,
        last_buys=last_buys or {},
        last_event_at=last_event_at,
        last_flow_at=last_flow_at,
        doubted_at=doubted_at,
        reconciled_at=reconciled_at,
        unlinked_at=unlinked_at,
        version=version,
    )


def trader(
    *,
    trader_id: str = TRADER,
    name: str = "Ada",
    seat: int = 0,
    joined_at: datetime = NOON,
    visibility: Visibility | None = None,
    retired_at: datetime | None = None,
) -> Trader:
    """A listed, active trader in seat 0."""
    return Trader(trader_id, name, seat, joined_at, visibility or Visibility(), retired_at)


def exchange_account(
    *,
    account_id: str = ACCOUNT,
    trader_id: str = TRADER,
    seat: int = 0,
    exchange: str = EXCHANGE,
    link_number: int = 1,
    slot: int = 0,
    state: AccountState = AccountState.LIVE,
    linked_at: datetime = NOON,
    ciphertext: bytes | None = b"sealed",
    uid: str | None = None,
) -> ExchangeAccount:
    """A live account of the default trader, in slot 0."""
    return ExchangeAccount(
        account_id=account_id,
        trader_id=trader_id,
        seat=seat,
        exchange=exchange,
        link_number=link_number,
        slot=slot,
        state=state,
        linked_at=linked_at,
        ciphertext=ciphertext,
        uid=uid,
    )


def key_pair(api_key: str = "test-api-key", secret: str = "test-api-secret") -> KeyPair:
    """A key pair that opens nothing."""
    return KeyPair(api_key, secret)


def key_permissions(
    *,
    read: bool = True,
    trade: bool = False,
    withdraw: bool = False,
    transfer: bool = False,
    margin: bool = False,
    futures: bool = False,
    options: bool = False,
    address_locked: bool = False,
) -> KeyPermissions:
    """A key that may only read, from anywhere."""
    return KeyPermissions(
        read=read,
        trade=trade,
        withdraw=withdraw,
        transfer=transfer,
        margin=margin,
        futures=futures,
        options=options,
        address_locked=address_locked,
    )


def symbol(base: str = "BTC", quote: str = "USDT", *, trading: bool = True) -> Symbol:
    """The pair of two coins."""
    return Symbol(base + quote, base, quote, trading)


def symbols(*pairs: str) -> dict[str, Symbol]:
    """symbols("BTC/USDT", "ETH/BTC"): pairs that trade, by name."""
    listed = (symbol(*pair.split("/")) for pair in pairs)
    return {each.name: each for each in listed}


def quote(price: str = "60000", traded: str = "1000000000") -> Quote:
    """A liquid pair's quote."""
    return Quote(Decimal(price), Decimal(traded))


def asset_price(
    price: str = "60000",
    *,
    traded_usdt: str = "1000000000",
    quoted_at: datetime = NOON,
    first_at: datetime = NOON - timedelta(days=365),
) -> AssetPrice:
    """A liquid asset's price."""
    return AssetPrice(Decimal(price), Decimal(traded_usdt), quoted_at, first_at)


def prices(taken_at: datetime = NOON, **usdt: str) -> PriceList:
    """Liquid assets quoted at `taken_at`: prices(BTC="60000", ETH="3000")."""
    listed = {asset: asset_price(price, quoted_at=taken_at) for asset, price in usdt.items()}
    return PriceList(taken_at, listed)


def seat(
    number: int = 0,
    *,
    trader_id: str = TRADER,
    name: str = "Ada",
    exchanges: tuple[str, ...] = (EXCHANGE,),
    listed: bool = True,
    retired_at: datetime | None = None,
) -> Seat:
    """A listed, active trader's seat."""
    return Seat(number, trader_id, name, exchanges, listed, retired_at)


def block(kind: Kind = Kind.HOUR, **values: Mapping[int, float]) -> Block:
    """A block with some seats known: block(value={0: 1000.0, 17: 25.5}).

    The key is the place in the block, 0 … 255 (times the column's width where it has one).
    """
    made = empty_block(kind)
    known = {column.name for column in COLUMNS[kind]}
    for name, places in values.items():
        assert name in known, f"{kind} has no column {name}"
        for place, value in places.items():
            made.columns[name][place] = value
    return made


def snapshot(reason: str = "link", taken_at: datetime = NOON, **quantities: str) -> Snapshot:
    """What GET /account said: snapshot(USDT="1000")."""
    return Snapshot(reason, checkpoint(taken_at, **quantities))


def stream_item(
    *,
    account_id: str = ACCOUNT,
    trader_id: str = TRADER,
    seat: int = 0,
    exchange: str = EXCHANGE,
    link_number: int = 1,
    linked_at: datetime = NOON,
    sequence: int = 1,
    received_at: datetime = NOON,
    frame: str | None = None,
    found: Sequence[LedgerEntry] = (),
    snapshot: Snapshot | None = None,
) -> StreamItem:
    """A forwarded frame ("{}" unless a frame, something found or a snapshot is given)."""
    if frame is None and snapshot is None and not found:
        frame = "{}"
    return StreamItem(
        account_id=account_id,
        trader_id=trader_id,
        seat=seat,
        exchange=exchange,
        link_number=link_number,
        linked_at=linked_at,
        sequence=sequence,
        received_at=received_at,
        frame=frame,
        found=tuple(found),
        snapshot=snapshot,
    )


def account_reading(
    uid: str = "354937868", updated_at: datetime = NOON, **quantities: str
) -> AccountReading:
    """An exchange's answer about an account: account_reading(USDT="1000")."""
    return AccountReading(uid, amounts(**quantities), updated_at)


def container_lease(until: datetime | None = None) -> Lease:
    """That of a stream container which lives, or lived until then."""
    end = until or datetime.max.replace(tzinfo=UTC)
    return Lease(CONTAINERS, "container elsewhere", "elsewhere", end)
