"""Partial changes: an event names only the fields that changed, and the aggregate takes those."""

from typing import Any

from msgspec import UNSET, Struct

from kernel.errors import Refusal
from kernel.events import STAMPS


class LengthNegative(Refusal):
    """A length of time cannot be negative."""


def changed_fields(event: Struct) -> dict[str, Any]:
    """The event's own fields that it sets."""
    fields = ((name, getattr(event, name)) for name in event.__struct_fields__ if name not in STAMPS)
    return {name: value for name, value in fields if value is not UNSET}


def take(aggregate: Struct, event: Struct) -> None:
    for name, value in changed_fields(event).items():
        setattr(aggregate, name, value)


def must_not_be_negative(facts: dict[str, Any]) -> None:
    """Refuses lengths of time below zero; None and what is not a length pass."""
    lengths = {name: value for name, value in facts.items() if name.endswith(("_minutes", "_hours", "_days"))}
    if any(value is not None and value < 0 for value in lengths.values()):
        raise LengthNegative(**lengths)


def differing(aggregate: Struct, wanted: dict[str, Any]) -> dict[str, Any]:
    """What of `wanted` is not already so."""
    return {name: value for name, value in wanted.items() if getattr(aggregate, name) != value}
