"""A hold: time kept for somebody who is still filling the booking form."""

from datetime import datetime
from typing import ClassVar

from booking.appointment import AppointmentClosed, touched_by
from booking.events import HoldExpired, HoldReleased, Segment, TimeHeld
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import NotFound, Refusal
from kernel.events import Event
from kernel.rights import Touched


class HoldOver(Refusal):
    """The hold was given up or has expired; the time may have gone to somebody else."""

    status = 409


class Hold(Aggregate, kw_only=True):
    begins_with: ClassVar[tuple[type[Event], ...]] = (TimeHeld,)

    zone: str = ""
    wall_at: str = ""
    segments: list[Segment] = []
    expires_at: datetime | None = None
    is_over: bool = False
    maker: str = ""

    def touches(self) -> Touched:
        return [touched_by(segment) for segment in self.segments]

    def take_time(self, zone: str, wall_at: str, segments: list[Segment], expires_at: datetime, by: Act) -> None:
        if self.version:
            raise AppointmentClosed(status="held")
        self.trigger(TimeHeld, by, zone=zone, wall_at=wall_at, segments=segments, expires_at=expires_at)

    def must_be_theirs(self, by: Act) -> None:
        """Whoever books as clients do has no other's hold."""
        if by.is_client and by.actor != self.maker:
            raise NotFound(kind="Hold", id=str(self.id))

    def release(self, by: Act) -> None:
        if self.is_over or by.at >= self.expires_at:
            raise HoldOver
        self.trigger(HoldReleased, by)

    def expire(self, by: Act) -> None:
        if self.is_over or by.at < self.expires_at:
            raise HoldOver
        self.trigger(HoldExpired, by)

    def evolve(self, event: Event) -> None:
        match event:
            case TimeHeld():
                self.zone, self.wall_at, self.segments = event.zone, event.wall_at, event.segments
                self.expires_at, self.maker = event.expires_at, event.by
            case HoldReleased() | HoldExpired():
                self.is_over = True
