"""What happens to appointments and holds."""

from datetime import date, datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from kernel.events import Claim, Event


class SeatSpan(Struct, frozen=True, array_like=True):
    """A seat of a resource for a part of a segment; instants."""

    seat: int
    starts_at: datetime
    ends_at: datetime


class Use(Struct, frozen=True, omit_defaults=True):
    """A resource that serves a segment. Without seat spans it is seat 1 for the whole segment."""

    resource_id: UUID
    is_lead: bool = False
    capacity: int = 1
    seats: list[SeatSpan] = []


class Segment(Struct, frozen=True, omit_defaults=True):
    """One service of the visit: instants, the resources that serve it, its buffers in minutes."""

    service_id: UUID
    starts_at: datetime
    ends_at: datetime
    uses: list[Use]
    before_minutes: int = 0
    after_minutes: int = 0


class Terms(Struct, frozen=True, omit_defaults=True):
    """The rules in force when the promise was made; a later change of the rules rewrites none of this."""

    services: list[str] = []
    lead_minutes: int = 0
    horizon_days: int | None = None
    notice_minutes: int = 0
    needs_approval: bool = False


class TimeTaken(Event, frozen=True, kw_only=True):
    """Facts that take time. `wall_at` is what the clock on the wall of the place says at the start, `zone` names it.

    `tells_client` says whether whoever did it wants the client to get a message of it.
    """

    zone: str
    wall_at: str
    segments: list[Segment]
    expires_at: datetime | None = None
    tells_client: bool = True

    def claims(self) -> list[Claim]:
        return claims_of(self.segments, "visit", self.wall_at, self.expires_at)


class AppointmentMade(TimeTaken, frozen=True, kw_only=True):
    """Notes, places, links and answers are words: the event carries the identifiers of their texts.

    An occurrence of a series says of which, and the date that names it there, whenever it may be moved to.
    """

    client_id: UUID | None = None
    terms: Terms = Terms()
    price_cents: int | None = None
    currency: str = "EUR"
    is_asked_for: bool = False
    note_id: UUID | None = None
    client_note_id: UUID | None = None
    location_id: UUID | None = None
    video_link_id: UUID | None = None
    answers_id: UUID | None = None
    source_id: str = ""
    series_id: UUID | None = None
    occurrence_on: date | None = None
    is_exception: bool = False


class AppointmentBooked(AppointmentMade, frozen=True, kw_only=True):
    pass


class AppointmentRequested(AppointmentMade, frozen=True, kw_only=True):
    """Waits for the house to approve; holds its time until `expires_at`."""


class AppointmentProposed(AppointmentMade, frozen=True, kw_only=True):
    """Waits for the client to confirm; holds its time until `expires_at`."""


class AppointmentApproved(TimeTaken, frozen=True, kw_only=True):
    pass


class AppointmentConfirmed(TimeTaken, frozen=True, kw_only=True):
    pass


class ApprovalWithdrawn(TimeTaken, frozen=True, kw_only=True):
    """It waits for the house again, and holds its time until `expires_at`."""


class ConfirmationWithdrawn(TimeTaken, frozen=True, kw_only=True):
    """It waits for the client again, and holds its time until `expires_at`."""


class AppointmentMoved(TimeTaken, frozen=True, kw_only=True):
    """Another time, other resources, another service or duration; the appointment is the same.

    An occurrence of a series that was moved alone is an exception from then on.
    """

    is_exception: bool = False


class AppointmentRestored(TimeTaken, frozen=True, kw_only=True):
    pass


class AppointmentEdited(Event, frozen=True, kw_only=True):
    client_id: UUID | None | UnsetType = UNSET
    price_cents: int | None | UnsetType = UNSET
    is_asked_for: bool | UnsetType = UNSET
    note_id: UUID | None | UnsetType = UNSET
    client_note_id: UUID | None | UnsetType = UNSET
    location_id: UUID | None | UnsetType = UNSET
    video_link_id: UUID | None | UnsetType = UNSET
    answers_id: UUID | None | UnsetType = UNSET
    is_exception: bool | UnsetType = UNSET


class ClientArrived(Event, frozen=True, kw_only=True):
    pass


class AppointmentCompleted(Event, frozen=True, kw_only=True):
    pass


class AppointmentMissed(Event, frozen=True, kw_only=True):
    """The client did not come."""


class AppointmentReopened(Event, frozen=True, kw_only=True):
    """Arrived, completed or missed was noted by mistake."""


class TimeFreed(Event, frozen=True, kw_only=True):
    """Facts that end a promise and give its time back."""

    def claims(self) -> list[Claim]:
        return []


class AppointmentCancelled(TimeFreed, frozen=True, kw_only=True):
    is_by_client: bool = False
    tells_client: bool = True


class AppointmentDeclined(TimeFreed, frozen=True, kw_only=True):
    tells_client: bool = True


class AppointmentExpired(TimeFreed, frozen=True, kw_only=True):
    """Nobody approved or confirmed in time."""


class TimeHeld(Event, frozen=True, kw_only=True):
    """Somebody is filling the booking form; the time is theirs until `expires_at`."""

    zone: str
    wall_at: str
    segments: list[Segment]
    expires_at: datetime

    def claims(self) -> list[Claim]:
        return claims_of(self.segments, "hold", self.wall_at, self.expires_at)


class HoldReleased(TimeFreed, frozen=True, kw_only=True):
    """Given up, or become an appointment."""


class HoldExpired(TimeFreed, frozen=True, kw_only=True):
    pass


def claims_of(segments: list[Segment], kind: str, wall_at: str, expires_at: datetime | None) -> list[Claim]:
    """One claim for each seat span; only the lead of the first segment counts towards a daily maximum.

    Who changes seats under way keeps the buffers at the two ends alone.
    """
    on = date.fromisoformat(wall_at[:10])
    return [
        Claim(
            resource_id=use.resource_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            seat=span.seat,
            kind=kind,
            before_minutes=segment.before_minutes if span.starts_at == segment.starts_at else 0,
            after_minutes=segment.after_minutes if span.ends_at == segment.ends_at else 0,
            capacity=use.capacity,
            counts_on=on if use.is_lead else None,
            expires_at=expires_at,
        )
        for segment in segments
        for use in segment.uses
        for span in use.seats or [SeatSpan(1, segment.starts_at, segment.ends_at)]
    ]


class ListExported(Event, frozen=True, kw_only=True):
    """That somebody took a list of appointments out of the house, and how many were on it."""

    count: int
