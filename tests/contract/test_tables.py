"""Calls in batches, and what DynamoDB's errors become."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import ShardItem
from chalicelib.adapters.dynamo.runs import DynamoRuns
from chalicelib.adapters.dynamo.tables import Tables, key
from chalicelib.domain.errors import Conflict, StoreUnavailable
from tests.contract.conftest import REGION
from tests.contract.stores import Fresh


def test_more_than_a_batch_is_written_and_read(tables: Tables, fresh: Fresh) -> None:
    keys = [(fresh.account, f"{number:03}") for number in range(230)]
    tables.put_each("billing", (key(*each) for each in keys))
    found = tables.get_each("billing", [*keys, *keys[:5], (fresh.account, "missing")])
    assert sorted(item["sk"]["S"] for item in found) == [sk for _, sk in keys]


def test_nothing_to_read_or_write_calls_nobody() -> None:
    nowhere = Tables("league-", REGION, "http://127.0.0.1:1")
    assert nowhere.get_each("billing", []) == []
    nowhere.put_each("billing", [])


class Leaving:
    """Leaves the last so many of each batch undone."""

    def __init__(self, *undone: int) -> None:
        self.undone = list(undone)
        self.sizes: list[int] = []

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
        ((name, items),) = RequestItems.items()
        self.sizes.append(len(items))
        left = self.undone.pop(0) if self.undone else 0
        return {"UnprocessedItems": {name: items[len(items) - left :]} if left else {}}


class AnsweringInParts:
    """Answers with at most so many items of a batch, as a batch of more than 16 MB is."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((name, wanted),) = RequestItems.items()
        keys = wanted["Keys"]
        self.sizes.append(len(keys))
        left = {name: {**wanted, "Keys": keys[self.most :]}} if keys[self.most :] else {}
        return {"Responses": {name: keys[: self.most]}, "UnprocessedKeys": left}


class TablesOn(Tables):
    """Tables with a client of our own."""

    def __init__(self, client: object, pause: Callable[[float], None]) -> None:
        super().__init__("league-", REGION, "http://127.0.0.1:1", pause)
        self._own = client

    @property
    def client(self) -> Any:  # noqa: ANN401 - as the one it stands for
        return self._own


def test_what_a_batch_leaves_undone_goes_with_the_next() -> None:
    client, pauses = Leaving(3, 0, 1), list[float]()
    TablesOn(client, pauses.append).put_each("billing", (key("A", str(n)) for n in range(60)))
    assert client.sizes == [25, 25, 13, 1]
    assert len(pauses) == 2


def test_a_batch_larger_than_an_answer_is_read_whole() -> None:
    client = AnsweringInParts(40)
    keys = [("A", f"{number:03}") for number in range(150)]
    found = TablesOn(client, lambda _: None).get_each("billing", keys)
    assert sorted(item["sk"]["S"] for item in found) == [sk for _, sk in keys]
    assert client.sizes == [100, 100, 70, 30]


def test_a_batch_that_never_gets_done_is_a_store_unavailable() -> None:
    client, pauses = Leaving(*[2] * 20), list[float]()
    with pytest.raises(StoreUnavailable, match="billing: 2 of a batch were left undone"):
        TablesOn(client, pauses.append).put_each("billing", (key("A", str(n)) for n in range(2)))
    assert len(client.sizes) == 6
    assert pauses == sorted(pauses)


def test_tables_that_cannot_be_reached_are_unavailable() -> None:
    nowhere = Tables("league-", REGION, "http://127.0.0.1:1", tries=1)
    with pytest.raises(StoreUnavailable, match="reading SHARD#1 STATE"):
        DynamoRuns(nowhere).last_complete(1)
    with pytest.raises(StoreUnavailable, match="reading billing"):
        list(nowhere.query("billing", KeyConditionExpression="pk = :pk"))
    with pytest.raises(StoreUnavailable, match="a batch of billing"):
        nowhere.put_each("billing", [key("A", "B")])


def _answer(code: str, status: int = 400) -> ClientError:
    metadata = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "PutItem")


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (_answer("ConditionalCheckFailedException"), Conflict),
        (_answer("ProvisionedThroughputExceededException"), StoreUnavailable),
        (_answer("ThrottlingException"), StoreUnavailable),
        (_answer("RequestLimitExceeded"), StoreUnavailable),
        (_answer("SomethingNew", 503), StoreUnavailable),
        (_answer("ValidationException"), ClientError),
        (_answer("ResourceNotFoundException"), ClientError),
    ],
)
def test_an_error_says_what_to_do_about_it(error: ClientError, becomes: type[Exception]) -> None:
    with pytest.raises(becomes), store_errors("saving something"):
        raise error


def test_one_process_can_reach_two_leagues(dynalite_tables: Tables, dynalite: str) -> None:
    other = Tables("other-", REGION, dynalite)
    other.create("jobs")
    other.model(ShardItem)("SHARD#7000", "STATE", last_complete=5).save()
    assert dynalite_tables.find(ShardItem, "SHARD#7000", "STATE") is None
    found = other.find(ShardItem, "SHARD#7000", "STATE")
    assert found is not None
    assert found.last_complete == 5
