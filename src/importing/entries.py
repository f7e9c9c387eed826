"""An entry of another agenda, from whatever file it came."""

from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct
from msgspec.structs import astuple

from importing.names import agree, key_of

MINUTE = timedelta(minutes=1)


class Guest(Struct, frozen=True):
    """Somebody invited, with the name and the address as far as they are written."""

    name: str
    email: str


class Entry(Struct, frozen=True, kw_only=True, tag=True):
    """Instants in UTC and whole minutes; `source_id` names it in the other program, with the occurrence of a series.

    `client` and `service` are filled when the file has columns for them, else the title holds both.
    `known_at` is when the other program knew of it. `is_free` when it takes no time.
    """

    number: int
    source_id: str
    starts_at: datetime
    ends_at: datetime
    when: str
    is_whole_days: bool = False
    title: str = ""
    client: str = ""
    service: str = ""
    practitioner: str = ""
    guests: tuple[Guest, ...] = ()
    note: str = ""
    location: str = ""
    is_cancelled: bool = False
    is_free: bool = False
    known_at: datetime | None = None

    @property
    def what(self) -> str:
        return f"{self.when} {self.title or self.client or self.service}".strip()

    @property
    def letters(self) -> int:
        """How much it says."""
        return len(self.title) + len(self.note) + len(self.location) + sum(map(len, chain(*map(astuple, self.guests))))

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // MINUTE

    @property
    def happened_at(self) -> datetime | None:
        """When it was agreed, at the latest: an export made afterwards must not date it after its start."""
        return min(self.known_at, self.starts_at) if self.known_at else None

    def guests_but(self, practitioner: str) -> list[Guest]:
        """Those invited, without the one whose agenda it is."""
        return [guest for guest in self.guests if key_of(guest.name) != key_of(practitioner)]

    def email_of(self, name: str, practitioner: str) -> str:
        """The address of the guest of this name, or of the only one who has no other name."""
        guests = self.guests_but(practitioner)
        named = [guest for guest in guests if agree(guest.name, name)]
        nameless = [guest for guest in guests if guest.name in ("", guest.email)] if len(guests) == 1 else []
        return next((guest.email for guest in named + nameless), "")


class Unreadable(Struct, frozen=True, tag=True):
    """An entry of which only the outcome is known: refused, or kept out."""

    number: int
    what: str
    reason: str
    column: str = ""
    value: str = ""
    outcome: str = "refused"

    @property
    def letters(self) -> int:
        return len(self.what) + len(self.value)


def floored(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def ceiled(instant: datetime) -> datetime:
    return floored(instant + MINUTE - timedelta(microseconds=1))
