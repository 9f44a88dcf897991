"""Everything deployed, on one screen."""

from chalice import Chalice, Cron
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.entrypoints import (
    accounts_api,
    board_api,
    card_api,
    consumers,
    first_day_api,
    follows_api,
    http,
    identity_api,
    jobs,
    me_api,
    openapi,
    opening_api,
    origin,
    profile_api,
    session_api,
    trades_api,
)

app = Chalice(app_name="coinmarketleague")
app.register_middleware(http.only_problems, "http")
app.register_middleware(origin.only_through_the_site, "http")
app.register_blueprint(board_api.blueprint)
app.register_blueprint(profile_api.blueprint)
app.register_blueprint(card_api.blueprint)
app.register_blueprint(trades_api.blueprint)
app.register_blueprint(session_api.blueprint)
app.register_blueprint(identity_api.blueprint)
app.register_blueprint(accounts_api.blueprint)
app.register_blueprint(me_api.blueprint)
app.register_blueprint(follows_api.blueprint)
app.register_blueprint(opening_api.blueprint)
app.register_blueprint(first_day_api.blueprint)
app.register_blueprint(openapi.blueprint)


@app.schedule(Cron("0,2,5,10", "*", "*", "*", "?", "*"))
def tick(event: CloudWatchEvent) -> None:
    """Open the hour's run; the later ones take it up where an earlier one stopped, the last
    also tells whether it is ranked."""
    jobs.tick(event.to_dict()["time"])


@app.on_sqs_message(queue="events", batch_size=10)
def record(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    """Write what the stream forwarded to ledger and holdings."""
    return _failures(consumers.record(_messages(event)))


@app.on_sqs_message(queue="tasks", batch_size=1)
def work(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    """Mark a shard, or rank an hour."""
    return _failures(consumers.work(_messages(event)))


def _messages(event: SQSEvent) -> list[consumers.Message]:
    return [
        consumers.Message(each["messageId"], each["body"]) for each in event.to_dict()["Records"]
    ]


def _failures(message_ids: list[str]) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in message_ids]}
