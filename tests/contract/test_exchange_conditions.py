"""The ExchangeConditions port: the last condition of each exchange."""

from datetime import timedelta

from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from tests.builders import NOON, at
from tests.contract.stores import Fresh, Stores


def test_before_the_first_there_is_none(stores: Stores, fresh: Fresh) -> None:
    assert stores.conditions.get(fresh.name) is None


def test_the_last_one_is_kept_to_the_millisecond(stores: Stores, fresh: Fresh) -> None:
    banned = ExchangeCondition(Condition.BANNED, NOON + timedelta(milliseconds=1), at(hours=1))
    stores.conditions.put(fresh.name, banned)
    stores.conditions.put(f"another than {fresh.name}", ExchangeCondition(Condition.OK, NOON))
    assert stores.conditions.get(fresh.name) == banned
    well = ExchangeCondition(Condition.OK, at(hours=1))
    stores.conditions.put(fresh.name, well)
    assert stores.conditions.get(fresh.name) == well
