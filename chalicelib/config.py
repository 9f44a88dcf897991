"""The settings of a process: the only reader of the environment."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.domain.errors import InvalidRequest

VERSION = "0.1.0"

STAGES = ("sandbox", "dev", "prod")
SHORTEST_SECRET = 32
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is. An empty address means the provider's own."""

    stage: str
    region: str = "eu-central-1"
    table_prefix: str = "league-"
    tables_url: str = ""  # DynamoDB
    cloud_url: str = ""  # SQS, KMS, Cognito, SES, S3
    events_queue: str = ""  # address of the queue from ingest to record
    tasks_queue: str = ""  # address of the queue of the hour's work
    site_url: str = ""  # address of the site, for links that leave it
    site_bucket: str = ""  # S3 bucket of the site, where the files of the hours go too
    key_id: str = ""  # KMS key that seals traders' keys
    pool_id: str = ""  # Cognito user pool
    pool_client_id: str = ""  # its client: the API
    pool_keys_url: str = ""  # key set of the pool, where it is not at the issuer's own address
    mail_from: str = ""  # sender of the league's own letters
    origin_secret: str = field(default="", repr=False)  # what the content network adds to requests
    former_origin_secret: str = field(default="", repr=False)  # the one before, while it changes
    binance_api_url: str = "https://api.binance.com/api"
    binance_sapi_url: str = "https://api.binance.com/sapi"
    binance_ws_api_url: str = "wss://ws-api.binance.com:443/ws-api/v3"
    binance_stream_url: str = "wss://stream.binance.com:443"
    fixed_addresses: str = ""  # ours as the exchange sees them, with commas; empty: they change
    shared_address: str = "yes"  # whether ingest containers reach the exchange from one address
    clock_url: str = ""  # sandbox only: who tells the exchange's time
    log_level: str = "INFO"
    metrics: str = "yes"  # whether figures are written for CloudWatch, as lines of the log
    tracing: str = "no"  # whether the functions' calls are traced by X-Ray

    def __post_init__(self) -> None:
        """Raises InvalidRequest for an unknown stage or an address that is not safe there."""
        if self.stage not in STAGES:
            raise InvalidRequest(f"stage {self.stage!r} is none of {', '.join(STAGES)}")
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name.endswith(("_url", "_queue")) and value:
                self._check_address(each.name, value)
        for name in ("shared_address", "metrics", "tracing"):
            value = getattr(self, name)
            if value not in ("yes", "no"):
                raise InvalidRequest(f"{name}: {value!r} is neither yes nor no")
        if self.clock_url and self.stage != "sandbox":
            raise InvalidRequest("clock_url: only the sandbox has a clock of its own")

    @property
    def origin_secrets(self) -> tuple[str, ...] | None:
        """What a request may bring to be answered; None where it needs nothing, which only the
        sandbox may allow. One that is too short to be a secret opens nothing."""
        if not self.origin_secret and self.stage == "sandbox":
            return None
        given = (self.origin_secret, self.former_origin_secret)
        return tuple(each for each in given if len(each) >= SHORTEST_SECRET)

    @property
    def own_addresses(self) -> list[str]:
        """To which a trader may lock his key; none where they change."""
        return [each.strip() for each in self.fixed_addresses.split(",") if each.strip()]

    def _check_address(self, name: str, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
            raise InvalidRequest(f"{name}: {address!r} is no http(s) or ws(s) address")
        plain = parts.scheme in ("http", "ws")
        if plain and parts.hostname not in _LOOPBACK and self.stage != "sandbox":
            raise InvalidRequest(f"{name}: {address!r} is not encrypted and not on this machine")


def read_file(path: Path) -> Settings:
    """Settings from a JSON object of the same names and texts as in the environment.

    Raises InvalidRequest for a file that is none, or as `from_env`.
    """
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"{path}: no settings can be read there ({error})") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise InvalidRequest(f"{path}: not a JSON object of names and texts")
    return from_env({name: text for name, text in found.items() if name.startswith("LEAGUE_")})


def from_env(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from LEAGUE_STAGE, LEAGUE_TABLES_URL, … : a field's name in capitals.

    Raises InvalidRequest naming the variable that is missing, unknown or unusable.
    """
    names = {f"LEAGUE_{each.name.upper()}": each.name for each in fields(Settings)}
    given = {name: value for name, value in environ.items() if name.startswith("LEAGUE_")}
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise InvalidRequest(f"{unknown[0]}: no such setting")
    if "LEAGUE_STAGE" not in given:
        raise InvalidRequest("LEAGUE_STAGE is not set")
    return Settings(**{names[name]: value for name, value in given.items()})
