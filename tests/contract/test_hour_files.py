"""What publishing the file of an hour asks of its stores."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.public_files import S3PublicFiles
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.hour_file import ChainLink
from chalicelib.services.hour_file_ports import Chain, PublicFiles, Published
from tests.contract.stores import Fresh, Stores
from tests.fake_hour_files import FakePublicFiles
from tests.fakes import FakeChain

REGION = "eu-central-1"


class TestRowSecrets:
    def test_a_secret_is_made_once(self, stores: Stores, fresh: Fresh) -> None:
        seats = [fresh.seat, fresh.seat + 1, fresh.seat + 300]
        assert stores.secrets.of_seats(seats) == {}
        made = stores.secrets.make(seats)
        assert sorted(made) == seats
        assert all(len(each) == 16 for each in made.values())
        assert stores.secrets.make(seats) == made
        assert stores.secrets.of_seats([*seats, fresh.seat + 2]) == made

    def test_a_whole_block_is_made_at_once(self, stores: Stores, fresh: Fresh) -> None:
        seats = range(fresh.seat, fresh.seat + 256)
        made = stores.secrets.make(seats)
        assert sorted(made) == list(seats)
        assert len(set(made.values())) == 256
        assert stores.secrets.of_seats(seats) == made

    def test_a_forgotten_one_is_gone_and_its_neighbour_stays(
        self, stores: Stores, fresh: Fresh
    ) -> None:
        made = stores.secrets.make([fresh.seat, fresh.seat + 1])
        for _ in range(2):
            stores.secrets.forget(fresh.seat)
        found = stores.secrets.of_seats([fresh.seat, fresh.seat + 1])
        assert found == {fresh.seat + 1: made[fresh.seat + 1]}

    def test_one_who_never_had_one_can_be_forgotten(self, stores: Stores, fresh: Fresh) -> None:
        stores.secrets.forget(fresh.seat + 7)
        assert stores.secrets.of_seats([fresh.seat + 7]) == {}


def published(hour: int, revision: int = 0) -> Published:
    return Published(ChainLink(hour, revision, f"{hour}-{revision}"), "names")


class TestChain:
    @pytest.fixture(params=["fake", "moto", "dynalite"])
    def chain(self, request: pytest.FixtureRequest, fresh: Fresh) -> Chain:
        """One that goes on from wherever other tests left it, by hours later than theirs."""
        if request.param == "fake":
            return FakeChain()
        from chalicelib.adapters.dynamo.chain import DynamoChain

        return DynamoChain(request.getfixturevalue(f"{request.param}_tables"))

    def test_it_only_ever_goes_forward(self, chain: Chain, fresh: Fresh) -> None:
        for link, expected in [
            (published(fresh.hour), published(fresh.hour)),
            (published(fresh.hour), published(fresh.hour)),
            (published(fresh.hour - 1, 9), published(fresh.hour)),
            (published(fresh.hour, 1), published(fresh.hour, 1)),
            (published(fresh.hour), published(fresh.hour, 1)),
            (published(fresh.hour + 1), published(fresh.hour + 1)),
        ]:
            chain.extend(link)
            assert chain.last() == expected

    def test_the_first_to_publish_an_hour_stays(self, chain: Chain, fresh: Fresh) -> None:
        chain.extend(published(fresh.hour))
        chain.extend(Published(ChainLink(fresh.hour, 0, "another"), "names"))
        assert chain.last() == published(fresh.hour)


@pytest.fixture
def s3(fresh: Fresh) -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(
            Bucket=_bucket(fresh), CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield client


def _bucket(fresh: Fresh) -> str:
    return f"site-{fresh.number}"


class TestPublicFiles:
    @pytest.fixture(params=["fake", "s3"])
    def files(self, request: pytest.FixtureRequest, fresh: Fresh) -> PublicFiles:
        if request.param == "fake":
            return FakePublicFiles()
        return S3PublicFiles(request.getfixturevalue("s3"), _bucket(fresh))

    def test_the_first_text_of_a_new_file_stays(self, files: PublicFiles) -> None:
        assert files.put_new("2026-03-01T12-r0.jsonl", "one\n") == "one\n"
        assert files.put_new("2026-03-01T12-r0.jsonl", "another\n") == "one\n"
        assert files.put_new("2026-03-01T13-r0.jsonl", "another\n") == "another\n"

    def test_the_last_text_of_another_stays(self, files: PublicFiles) -> None:
        files.put("latest.json", "{}")
        files.put("latest.json", '{"hour": 1}')
        assert files.put_new("latest.json", "") == '{"hour": 1}'


class TestS3PublicFiles:
    def test_a_new_file_is_kept_for_ever(self, s3: Any, fresh: Fresh) -> None:  # noqa: ANN401
        files = S3PublicFiles(s3, _bucket(fresh))
        assert files.put_new("2026-03-01T12-r0.jsonl", "one\n") == "one\n"
        assert files.put_new("2026-03-01T12-r0.jsonl", "another\n") == "one\n"
        stored = s3.get_object(Bucket=_bucket(fresh), Key="hours/2026-03-01T12-r0.jsonl")
        assert stored["ContentEncoding"] == "gzip"
        assert stored["ContentType"] == "application/jsonl"
        assert "immutable" in stored["CacheControl"]

    def test_the_newest_is_replaced(self, s3: Any, fresh: Fresh) -> None:  # noqa: ANN401
        files = S3PublicFiles(s3, _bucket(fresh))
        files.put("latest.json", "{}")
        files.put("latest.json", '{"hour": 1}')
        assert files.put_new("latest.json", "") == '{"hour": 1}'
        stored = s3.get_object(Bucket=_bucket(fresh), Key="hours/latest.json")
        assert stored["CacheControl"] == "public, max-age=60"

    def test_a_bucket_that_does_not_answer_is_a_store_that_is_unavailable(self) -> None:
        from chalicelib.adapters.aws import client

        nobody = client("s3", REGION, "http://127.0.0.1:9", tries=1)
        for act in ("put", "put_new"):
            with pytest.raises(StoreUnavailable, match=r"latest\.json"):
                getattr(S3PublicFiles(nobody, "site"), act)("latest.json", "{}")

    def test_a_missing_bucket_is_a_fault_of_the_deployment(self, s3: Any) -> None:  # noqa: ANN401
        with pytest.raises(s3.exceptions.NoSuchBucket):
            S3PublicFiles(s3, "elsewhere").put("latest.json", "{}")
