"""The ExchangeConditions port: EXCHANGE#<exchange> / STATE."""

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import ExchangeConditionItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition

_STATE = "STATE"


class DynamoExchangeConditions:
    """Conditions in the table `jobs`, one small row for each exchange."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, exchange: str) -> ExchangeCondition | None:
        """The last that was stored."""
        item = self._tables.find(
            ExchangeConditionItem, _partition(exchange), _STATE, consistent=False
        )
        if item is None:
            return None
        return ExchangeCondition(Condition(item.condition), item.since, item.until)

    def put(self, exchange: str, condition: ExchangeCondition) -> None:
        """Replace it."""
        item = self._tables.model(ExchangeConditionItem)(
            _partition(exchange),
            _STATE,
            condition=condition.condition.value,
            since=condition.since,
            until=condition.until,
        )
        with store_errors(f"storing the condition of {exchange}"):
            item.save()


def _partition(exchange: str) -> str:
    return f"EXCHANGE#{exchange}"
