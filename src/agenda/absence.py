"""An absence: a stretch of a resource's time that is not for booking, whatever its capacity."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from agenda.events import AbsenceCancelled, AbsenceMoved, AbsencePlanned, AbsenceRestored
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Touched


class AbsenceOverlaps(Refusal):
    status = 409
    rule = "overlap"


class EndBeforeStart(Refusal):
    pass


class AbsenceClosed(Refusal):
    status = 409


class AbsenceStands(Refusal):
    """What was not cancelled cannot be brought back."""

    status = 409


class Absence(Aggregate, kw_only=True):
    begins_with: ClassVar[tuple[type[Event], ...]] = (AbsencePlanned,)

    resource_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_whole_days: bool = False
    reason_id: UUID | None = None
    is_cancelled: bool = False

    def touches(self) -> Touched:
        return [frozenset([self.resource_id])]

    def plan(self, resource_id: UUID, starts_at: datetime, ends_at: datetime, is_whole_days: bool, by: Act) -> None:
        must_go_forward(starts_at, ends_at)
        self.trigger(
            AbsencePlanned,
            by,
            resource_id=resource_id,
            starts_at=starts_at,
            ends_at=ends_at,
            is_whole_days=is_whole_days,
        )

    def move(self, starts_at: datetime, ends_at: datetime, is_whole_days: bool, by: Act) -> None:
        must_go_forward(starts_at, ends_at)
        self.must_stand()
        self.trigger(
            AbsenceMoved,
            by,
            resource_id=self.resource_id,
            starts_at=starts_at,
            ends_at=ends_at,
            is_whole_days=is_whole_days,
        )

    def cancel(self, by: Act) -> None:
        self.must_stand()
        self.trigger(AbsenceCancelled, by)

    def restore(self, by: Act) -> None:
        """At the time and for the reason that it had."""
        if not self.is_cancelled:
            raise AbsenceStands
        self.trigger(
            AbsenceRestored,
            by.because(self.reason_id, by.override),
            resource_id=self.resource_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_whole_days=self.is_whole_days,
        )

    def must_stand(self) -> None:
        if self.is_cancelled:
            raise AbsenceClosed

    def evolve(self, event: Event) -> None:
        match event:
            case AbsencePlanned() | AbsenceMoved() | AbsenceRestored():
                self.resource_id, self.is_whole_days = event.resource_id, event.is_whole_days
                self.starts_at, self.ends_at = event.starts_at, event.ends_at
                self.reason_id = event.reason_id or self.reason_id
                self.is_cancelled = False
            case AbsenceCancelled():
                self.is_cancelled = True


def must_go_forward(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise EndBeforeStart
