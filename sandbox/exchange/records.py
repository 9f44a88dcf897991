"""Records to plain JSON and back, exact: amounts as text, everything else as it is."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def to_plain(record: DataclassInstance) -> dict[str, Any]:
    """The fields of a flat record by name."""
    return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}


def from_plain(kind: type[Record], values: dict[str, Any]) -> Record:
    """The record `to_plain` was given. Raises TypeError for a missing or unknown field."""
    exact = {
        each.name: Decimal(values[each.name])
        for each in fields(kind)
        if str(each.type) == "Decimal" and each.name in values
    }
    return kind(**(values | exact))


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return list(value)
    return value
