"""What happens to series of appointments; what happens to each occurrence is told by the appointment itself."""

from datetime import date
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from kernel.events import Event


class Occurrence(Struct, frozen=True, array_like=True):
    """A place in a series: the date that names it for life, and the date that the rule gives it now."""

    on: date
    planned_on: date


class SeriesService(Struct, frozen=True, omit_defaults=True):
    """A service of every occurrence, with those who were chosen to give it; length in minutes."""

    service_id: UUID
    resource_ids: list[UUID] = []
    duration_minutes: int | None = None
    takes_only_these: bool = False


class SeriesPlanned(Event, frozen=True, kw_only=True):
    """A client comes back by a rule, written as RFC 5545 does, at a time on the wall of a zone.

    The occurrences skipped when it was planned are among all of them.
    """

    rule: str
    zone: str
    wall_time: str
    services: list[SeriesService]
    occurrences: list[Occurrence]
    skipped: list[date] = []
    client_id: UUID | None = None
    price_cents: int | None = None
    is_asked_for: bool = False
    note_id: UUID | None = None
    client_note_id: UUID | None = None
    location_id: UUID | None = None
    video_link_id: UUID | None = None


class SeriesMoved(Event, frozen=True, kw_only=True):
    """From one occurrence on: other dates, another time of day, other people, another service or length."""

    from_on: date
    rule: str
    wall_time: str
    services: list[SeriesService]
    shift_days: int = 0


class SeriesEdited(Event, frozen=True, kw_only=True):
    """Facts of all occurrences from one on."""

    from_on: date
    price_cents: int | None | UnsetType = UNSET
    is_asked_for: bool | UnsetType = UNSET
    note_id: UUID | None | UnsetType = UNSET
    client_note_id: UUID | None | UnsetType = UNSET
    location_id: UUID | None | UnsetType = UNSET
    video_link_id: UUID | None | UnsetType = UNSET


class SeriesExtended(Event, frozen=True, kw_only=True):
    """Further occurrences by the same rule with a later end."""

    rule: str
    occurrences: list[Occurrence]
    skipped: list[date] = []


class SeriesCancelled(Event, frozen=True, kw_only=True):
    """These occurrences were cancelled together and left the series; `rule` says what is left of it.

    With them go the places after the first of them that were empty already: skipped, or cancelled alone.
    """

    rule: str
    cancelled: list[date]
    empty: list[date] = []


class SeriesRestored(Event, frozen=True, kw_only=True):
    """What was cancelled together last is back."""

    rule: str
    restored: list[date]
