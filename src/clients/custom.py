"""What stands in the fields of a house's own: read from any writing, kept as plain values."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from clients.client_field import BETWEEN, ClientField
from clients.words import clean, email, phone
from kernel.errors import Refusal

YES = frozenset({"1", "x", "oui", "yes", "o", "y", "vrai", "true", "ja", "да"})
NO = frozenset({"0", "non", "no", "n", "faux", "false", "nein", "нет"})
LONGEST = {"text": 500, "long_text": 4000}
MOST_DIGITS = 20


class FieldUnknown(Refusal):
    """The house has no such field, or has retired it."""


class FieldMissing(Refusal):
    """A field that must be filled was sent empty."""


class FieldValueNotValid(Refusal):
    """The value cannot stand in a field of this kind."""


def checked_values(fields: Iterable[ClientField], given: dict[str, Any], country: str) -> dict[str, Any]:
    """The values by the identifier of their field, as they are kept; None takes a value away.

    Text, dates and numbers are kept as words (2026-11-24, 12.5), yes and no as true and false, choices as a list.
    """
    known = {str(field.id): field for field in fields if field.is_active}
    if unknown := given.keys() - known.keys():
        raise FieldUnknown(id=min(unknown))
    return {id: checked_value(known[id], value, country) for id, value in given.items()}


def checked_value(field: ClientField, value: Any, country: str) -> Any:
    words = clean(value)
    if words in ("", None, []):
        if field.is_required:
            raise FieldMissing(label=field.label)
        return None
    try:
        return READERS[field.kind](field, words, country)
    except (ValueError, InvalidOperation, TypeError, AttributeError, Refusal) as wrong:
        raise FieldValueNotValid(label=field.label, value=str(words)[:80]) from wrong


def read_text(field: ClientField, value: Any, _: str) -> str:
    if isinstance(value, bool | list | dict):
        raise TypeError(value)
    words = str(value)
    if len(words) > LONGEST[field.kind]:
        raise ValueError(words)
    return words


def read_number(_: ClientField, value: Any, __: str) -> str:
    """As decimal digits with a point, the same for every writing of one number."""
    if isinstance(value, bool):
        raise TypeError(value)
    number = Decimal("".join(str(value).replace(",", ".").split()))
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(value)
    return f"{number.normalize() + 0:f}"


def read_date(_: ClientField, value: Any, __: str) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()[:10]


def read_yes_no(_: ClientField, value: Any, __: str) -> bool:
    if isinstance(value, bool):
        return value
    words = str(value).lower()
    if words not in YES | NO:
        raise ValueError(value)
    return words in YES


def read_choice(field: ClientField, value: Any, _: str) -> str:
    """One of the choices, as the house writes it."""
    written = {choice.casefold(): choice for choice in field.choices}
    if (choice := written.get(value.casefold())) is None:
        raise ValueError(value)
    return choice


def read_choices(field: ClientField, value: Any, country: str) -> list[str] | None:
    """Any of them, in the order of the field; words name several between bars."""
    named = value.split(BETWEEN) if isinstance(value, str) else value
    chosen = {read_choice(field, name, country) for one in named if (name := clean(one))}
    return [choice for choice in field.choices if choice in chosen] or None


READERS = {
    "text": read_text,
    "long_text": read_text,
    "number": read_number,
    "date": read_date,
    "yes_no": read_yes_no,
    "choice": read_choice,
    "choices": read_choices,
    "phone": lambda _, value, country: phone(value, country),
    "email": lambda _, value, __: email(value),
}


def written_value(value: Any) -> str:
    """A value as one cell of a file says it; what is read back from it is the same."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f" {BETWEEN} ".join(value) if isinstance(value, list) else str(value)
