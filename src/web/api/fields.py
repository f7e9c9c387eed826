"""What programs may send: words without control characters, instants with their offset, pages by cursor."""

import base64
import binascii
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from kernel.texts import clean
from web.forms import FIRST_YEAR, LAST_YEAR

NAME, WORDS = 200, 4000
COUNTRIES = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
CURRENCIES = frozenset(Locale("en").currencies)
MOST_A_PAGE = 200
CENTS = 100_000_000


class Body(Schema):
    """What is not known is refused, so that a misspelt field is never lost in silence."""

    class Meta:
        unknown = RAISE
        ordered = True


class Text(fields.String):
    """Words, cleaned before they are measured."""

    def __init__(self, longest: int = NAME, least: int = 0, **options: Any):
        super().__init__(validate=validate.Length(least or int(options.get("required", False)), longest), **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        written = super()._deserialize(value, attr, data, **kwargs)
        # Measured as it came, and once more when it is clean.
        if len(written) > self.longest:
            raise ValidationError(f"longer than {self.longest} characters")
        return clean(written)


class Whole(fields.Integer):
    """A whole number within bounds; in a body never a string, a fraction or a truth value that looks like one."""

    def __init__(self, least: int = 0, most: int = 2**31 - 1, **options: Any):
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        # In JSON 4.0 is a whole number too.
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return super()._deserialize(whole, attr, data, **kwargs)


class AskedWhole(Whole):
    """A whole number in an address, where everything is written in digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(int(value), attr, data, **kwargs)


class Cents(Whole):
    """Money in the currency's minor unit."""

    def __init__(self, **options: Any):
        super().__init__(0, CENTS, **options)


class Day(fields.Date):
    """A date of the house's calendar, in years that people make appointments in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        read = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < read.year < LAST_YEAR:
            raise ValidationError("out of range")
        return read


class Page(Body):
    limit = AskedWhole(1, MOST_A_PAGE, load_default=50, metadata={"description": "How many at most."})
    cursor = fields.String(load_default="", metadata={"description": "`next` of the page before."})


class Paged(Body):
    next = fields.String(allow_none=True, metadata={"description": "The `cursor` of the next page; null at the end."})


class CursorNotValid(ValidationError):
    """The cursor is not one that an answer of ours gave."""

    def __init__(self) -> None:
        super().__init__({"cursor": ["not a cursor of this list"]})


def cursor_of(*key: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def read_cursor(written: str, shape: Any) -> Any | None:
    """The key after which a page begins; None for the first page."""
    if not written:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)), type=shape)
    except (binascii.Error, msgspec.DecodeError, ValueError) as wrong:
        raise CursorNotValid from wrong


def page_of(items: list[Any], limit: int, cursor: str) -> dict[str, Any]:
    """`cursor` continues after the last item; a page that is not full is the last one."""
    return {"items": items, "next": cursor if len(items) == limit else None}


def slice_of(items: list[dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
    """A page of a list that is read whole, in the list's own order, after the item that the cursor names."""
    last = read_cursor(asked["cursor"], tuple[UUID])
    ids = [item["id"] for item in items]
    if last and last[0] not in ids:
        raise CursorNotValid
    first = ids.index(last[0]) + 1 if last else 0
    shown = items[first : first + asked["limit"]]
    is_last = first + asked["limit"] >= len(items)
    return {"items": shown, "next": None if is_last else cursor_of(shown[-1]["id"])}


def known_country(code: str) -> None:
    if code not in COUNTRIES:
        raise ValidationError("not a country of ISO 3166")


def known_currency(code: str) -> None:
    if code not in CURRENCIES:
        raise ValidationError("not a currency of ISO 4217")


def local(instant: datetime | None, zone: str) -> datetime | None:
    """An instant as it is written in answers: with the offset of its zone, whose name stands beside it."""
    return instant.astimezone(ZoneInfo(zone)) if instant else None

