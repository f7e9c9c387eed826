"""The promise of a time between a client and the house. It keeps one identifier for life."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from booking import events
from booking.events import Segment, Terms
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Touched

WAITING = ("requested", "proposed")
OPEN = (*WAITING, "booked")
ENDED = ("cancelled", "declined", "expired")
WITHDRAWN = {"requested": events.ApprovalWithdrawn, "proposed": events.ConfirmationWithdrawn}
MADE = {
    "booked": events.AppointmentBooked,
    "requested": events.AppointmentRequested,
    "proposed": events.AppointmentProposed,
}
STATUS_AFTER = {
    events.AppointmentBooked: "booked",
    events.AppointmentRequested: "requested",
    events.AppointmentProposed: "proposed",
    events.AppointmentApproved: "booked",
    events.AppointmentConfirmed: "booked",
    events.ApprovalWithdrawn: "requested",
    events.ConfirmationWithdrawn: "proposed",
    events.AppointmentRestored: "booked",
    events.AppointmentReopened: "booked",
    events.ClientArrived: "arrived",
    events.AppointmentCompleted: "completed",
    events.AppointmentMissed: "missed",
    events.AppointmentCancelled: "cancelled",
    events.AppointmentDeclined: "declined",
    events.AppointmentExpired: "expired",
}


class AppointmentExists(Refusal):
    status = 409


class AppointmentClosed(Refusal):
    """It is cancelled, over or otherwise past what was asked; `status` among the facts says which."""

    status = 409


class NotWaiting(Refusal):
    """Only a request or a proposal can be approved, confirmed, declined or expire."""

    status = 409


class RequestExpired(Refusal):
    status = 409


class NoticeTooShort(Refusal):
    """Too late for the client to change it alone; the house still can."""


class NotOver(Refusal):
    """It cannot be completed or missed before it starts."""


def touched_by(segment: Segment, client_id: UUID | None = None) -> frozenset[UUID]:
    ids = {use.resource_id for use in segment.uses} | {segment.service_id}
    return frozenset(ids | {client_id} if client_id else ids)


class Appointment(Aggregate, kw_only=True):
    begins_with: ClassVar[tuple[type[Event], ...]] = (events.AppointmentMade,)

    status: str = ""
    client_id: UUID | None = None
    zone: str = ""
    wall_at: str = ""
    segments: list[Segment] = []
    expires_at: datetime | None = None
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
    is_by_client: bool = False
    tells_client: bool = True
    series_id: UUID | None = None
    occurrence_on: date | None = None
    is_exception: bool = False

    @property
    def starts_at(self) -> datetime:
        return self.segments[0].starts_at

    def touches(self) -> Touched:
        """Each service: who gives it and where, which it is, and whose appointment it is."""
        return [touched_by(segment, self.client_id) for segment in self.segments]

    def make(self, status: str, by: Act, **facts: Any) -> None:
        if self.version:
            raise AppointmentExists
        self.trigger(MADE[status], by, **facts)

    def approve(self, by: Act, *, tells_client: bool = True) -> None:
        self.must_wait("requested", by)
        self.trigger(events.AppointmentApproved, by, **self.time(), tells_client=tells_client)

    def confirm(self, by: Act, *, tells_client: bool = True) -> None:
        self.must_wait("proposed", by)
        self.trigger(events.AppointmentConfirmed, by, **self.time(), tells_client=tells_client)

    def wait_again(self, status: str, expires_at: datetime, by: Act) -> None:
        """For the house (requested) or for the client (proposed): the answer was given by mistake."""
        self.must_be("booked")
        self.trigger(WITHDRAWN[status], by, **self.time(), expires_at=expires_at, tells_client=False)

    def decline(self, by: Act, *, tells_client: bool = True) -> None:
        if self.status not in WAITING:
            raise NotWaiting(status=self.status)
        self.trigger(events.AppointmentDeclined, by, tells_client=tells_client)

    def expire(self, by: Act) -> None:
        if self.status not in WAITING or by.at < self.expires_at:
            raise NotWaiting(status=self.status)
        self.trigger(events.AppointmentExpired, by)

    def move(
        self,
        zone: str,
        wall_at: str,
        segments: list[Segment],
        by: Act,
        *,
        is_exception: bool | None = None,
        tells_client: bool = True,
    ) -> None:
        """Unless its series says otherwise, an occurrence that moves becomes an exception."""
        self.must_be_open()
        self.must_hold_its_time(by)
        self.must_be_in_notice(by)
        place = {"zone": zone, "wall_at": wall_at, "segments": segments}
        is_exception = self.series_id is not None if is_exception is None else is_exception
        if place != self.time() or is_exception < self.is_exception:
            expires_at = self.expires_at if self.status in WAITING else None
            facts = {"expires_at": expires_at, "is_exception": is_exception, "tells_client": tells_client}
            self.trigger(events.AppointmentMoved, by, **place, **facts)

    def edit(self, by: Act, **wanted: Any) -> None:
        """An occurrence edited alone becomes an exception of its series, unless `is_exception` says otherwise."""
        changes = differing(self, wanted)
        if changes and self.series_id:
            changes = differing(self, {"is_exception": True} | wanted)
        if changes:
            self.trigger(events.AppointmentEdited, by, **changes)

    def arrive(self, by: Act) -> None:
        self.must_be("booked")
        self.trigger(events.ClientArrived, by)

    def complete(self, by: Act) -> None:
        self.must_be("booked", "arrived")
        self.must_have_begun(by)
        self.trigger(events.AppointmentCompleted, by)

    def miss(self, by: Act) -> None:
        self.must_be("booked", "arrived")
        self.must_have_begun(by)
        self.trigger(events.AppointmentMissed, by)

    def reopen(self, by: Act) -> None:
        self.must_be("arrived", "completed", "missed")
        self.trigger(events.AppointmentReopened, by)

    def cancel(self, by: Act, is_by_client: bool, *, tells_client: bool = True) -> None:
        self.must_be_open()
        self.must_be_in_notice(by)
        self.trigger(events.AppointmentCancelled, by, is_by_client=is_by_client, tells_client=tells_client)

    def restore(self, segments: list[Segment], by: Act, *, wall_at: str = "", tells_client: bool = True) -> None:
        """At its own time; `wall_at` says so when a series brings it back at another."""
        self.must_be(*ENDED)
        place = {"zone": self.zone, "wall_at": wall_at or self.wall_at, "segments": segments}
        self.trigger(events.AppointmentRestored, by, **place, tells_client=tells_client)

    def time(self) -> dict[str, Any]:
        return {"zone": self.zone, "wall_at": self.wall_at, "segments": self.segments}

    def must_be(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise AppointmentClosed(status=self.status)

    def must_be_open(self) -> None:
        self.must_be(*OPEN, "arrived")

    def must_wait(self, status: str, by: Act) -> None:
        if self.status != status:
            raise NotWaiting(status=self.status)
        self.must_hold_its_time(by)

    def must_hold_its_time(self, by: Act) -> None:
        """A request or a proposal that nobody settled holds nothing any more, also before this is noted."""
        if self.expires_at and by.at >= self.expires_at:
            raise RequestExpired(expires_at=self.expires_at)

    def must_be_in_notice(self, by: Act) -> None:
        """Clients may change a promise until the notice agreed when it was made."""
        if by.is_client and by.at > self.starts_at - timedelta(minutes=self.terms.notice_minutes):
            raise NoticeTooShort(notice_minutes=self.terms.notice_minutes)

    def must_have_begun(self, by: Act) -> None:
        if (by.happened_at or by.at) < self.starts_at:
            raise NotOver(starts_at=self.starts_at)

    def evolve(self, event: Event) -> None:
        take(self, event)
        self.status = STATUS_AFTER.get(type(event), self.status)
        if self.status not in WAITING:
            self.expires_at = None
