"""The refusals of the exchange: HTTP status, its own code, its own words.

One constructor per kind of refusal, so that the wording exists once.
"""

from __future__ import annotations

RECV_WINDOW_MAX_MS = 60_000


class ApiError(Exception):
    """A refusal as the exchange words it; `retry_after_s` is set where a wait would help."""

    def __init__(
        self, status: int, code: int, message: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, object]:
        return {"code": self.code, "msg": self.message}


def missing(name: str) -> ApiError:
    return ApiError(
        400,
        -1102,
        f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
    )


def one_of_two(first: str, second: str) -> ApiError:
    return ApiError(
        400, -1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!"
    )


def illegal_characters(name: str, pattern: str) -> ApiError:
    return ApiError(
        400, -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def duplicate_parameter() -> ApiError:
    return ApiError(400, -1101, "Duplicate values for a parameter detected.")


def unread_parameters(read: int, sent: int) -> ApiError:
    return ApiError(
        400,
        -1104,
        f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.",
    )


def not_required(name: str) -> ApiError:
    return ApiError(400, -1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> ApiError:
    return ApiError(400, -1111, f"Parameter '{name}' has too much precision.")


def invalid_value(name: str) -> ApiError:
    return ApiError(400, -1130, f"Data sent for parameter '{name}' is not valid.")


def bad_combination() -> ApiError:
    return ApiError(400, -1128, "Combination of optional parameters invalid.")


def window_too_long(hours: int) -> ApiError:
    return ApiError(400, -1127, f"More than {hours} hours between startTime and endTime.")


def invalid_symbol() -> ApiError:
    return ApiError(400, -1121, "Invalid symbol.")


def outside_recv_window() -> ApiError:
    return ApiError(400, -1021, "Timestamp for this request is outside of the recvWindow.")


def ahead_of_server() -> ApiError:
    return ApiError(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def recv_window_too_large() -> ApiError:
    return ApiError(
        400,
        -1102,
        f"'recvWindow' contains unexpected value. Cannot be greater than {RECV_WINDOW_MAX_MS}.",
    )


def bad_signature() -> ApiError:
    return ApiError(400, -1022, "Signature for this request is not valid.")


def bad_key_format() -> ApiError:
    return ApiError(401, -2014, "API-key format invalid.")


def key_refused() -> ApiError:
    return ApiError(401, -2015, "Invalid API-key, IP, or permissions for action.")


def too_much_weight(limit: int, retry_after_s: int) -> ApiError:
    return ApiError(
        429,
        -1003,
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
        retry_after_s=retry_after_s,
    )


def banned(until: int, retry_after_s: int) -> ApiError:
    return ApiError(
        418,
        -1003,
        f"Way too much request weight used; IP banned until {until}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
        retry_after_s=retry_after_s,
    )


def backend_silent() -> ApiError:
    return ApiError(
        504,
        -1007,
        "Timeout waiting for response from backend server. "
        "Send status unknown; execution status unknown.",
    )


def maintenance() -> ApiError:
    return ApiError(503, -1016, "This service is no longer available.")


def region_refused() -> ApiError:
    return ApiError(
        451,
        0,
        "Service unavailable from a restricted location according to 'b. Eligibility' in "
        "https://www.binance.com/en/terms. Please contact customer service if you believe you "
        "received this message in error.",
    )


def retired_method() -> ApiError:
    return ApiError(410, -1020, "This operation is not supported.")


def too_many_orders(limit: int, interval: str, retry_after_s: int) -> ApiError:
    return ApiError(
        429,
        -1015,
        f"Too many new orders; current limit is {limit} orders per {interval}.",
        retry_after_s=retry_after_s,
    )


def filter_failure(name: str) -> ApiError:
    return ApiError(400, -1013, f"Filter failure: {name}")


def order_rejected(message: str) -> ApiError:
    return ApiError(400, -2010, message)


def insufficient_balance() -> ApiError:
    return order_rejected("Account has insufficient balance for requested action.")


def unknown_order() -> ApiError:
    return ApiError(400, -2013, "Order does not exist.")


def cancel_rejected() -> ApiError:
    return ApiError(400, -2011, "Unknown order sent.")
