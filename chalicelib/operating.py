"""What operators use beside what the league itself uses, built from the same settings.

Outside libraries are imported inside the function that builds the thing, as in `wiring.py`.
"""

from functools import cache

from chalicelib import wiring
from chalicelib.domain.block import Block
from chalicelib.services.act_ports import Acts, QueueCare, Whole
from chalicelib.services.ports import RankTask


@cache
def acts() -> Acts:
    """The record of what operators did."""
    from chalicelib.adapters.dynamo.acts import DynamoActs

    return DynamoActs(wiring.tables())


@cache
def whole() -> Whole:
    """Whole tables, for what no key leads to."""
    from chalicelib.adapters.dynamo.whole import DynamoWhole

    return DynamoWhole(wiring.tables())


@cache
def queues() -> dict[str, QueueCare]:
    """The queues by their short names."""
    from chalicelib.adapters.aws import client
    from chalicelib.adapters.dead_letters import SqsCare

    found = wiring.settings()
    sqs = client("sqs", found.region, found.cloud_url)
    addresses = {"events": found.events_queue, "tasks": found.tasks_queue}
    return {name: SqsCare(sqs, address) for name, address in addresses.items()}


def rebuild_history(first: int | None, last: int) -> tuple[int, int]:
    """Mark and rank hours again on the stores, without publishing their files; bound here because
    the columns need numpy."""
    from chalicelib.services.mark_shard import MarkStores
    from chalicelib.services.rank_traders import rank_traders
    from chalicelib.services.rebuild_stores import rebuild_history

    found = wiring.stores()
    where = MarkStores(
        found.holdings,
        found.ledger,
        found.history,
        found.prices,
        found.runs,
        found.corrections,
    )

    def rank(task: RankTask) -> None:
        rank_traders(
            task, seats=found.seats, history=found.history, boards=found.boards, runs=found.runs
        )

    return rebuild_history(
        first, last, seats=found.seats.count(), stores=where, boards=found.boards, rank=rank
    )


def decode_block(packed: bytes) -> Block:
    """The block of the bytes of an item. Raises InvalidRequest."""
    from chalicelib.adapters.dynamo.blocks import decode_block

    return decode_block(packed)


def caller() -> str:
    """Who AWS says we are; empty where the cloud is this machine."""
    from chalicelib.adapters.aws import client

    found = wiring.settings()
    if found.cloud_url:
        return ""
    return str(client("sts", found.region).get_caller_identity()["Arn"])


def outside_errors() -> tuple[type[Exception], ...]:
    """What AWS raises when it refuses or is not reached: for the operator to read, not a fault of
    ours."""
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    return BotoCoreError, ClientError, PynamoDBException
