"""A letter before it is put into words: to whom, about what, with which link."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

# The clocks of somebody who belongs to no house yet.
ZONE = "Europe/Paris"


class Passage(str):
    """More than a name: words of people that may be a few sentences."""

    __slots__ = ()


class WebAddress(str):
    """An address of a page, written by the house to be opened."""

    __slots__ = ()


class Addressee(Struct, frozen=True, kw_only=True):
    """`person_id` is none for somebody of whom we know the address alone."""

    person_id: UUID | None = None
    name: str
    email: str
    language: str
    zone: str = ZONE


class Letter(Struct, frozen=True, kw_only=True):
    """`facts` fill the sentences; `told` are shown as a list, each under its own name. `until` is the end of a link
    that works once; `link` without it leads to a page of ours. `house` is the organisation that it is about.
    `calendar` is an appointment for the calendar of whoever gets it, as iCalendar writes it."""

    name: str
    to: Addressee
    facts: dict[str, str] = {}
    told: dict[str, str | datetime] = {}
    link: str = ""
    until: datetime | None = None
    house: str = ""
    calendar: bytes = b""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.to.zone)
