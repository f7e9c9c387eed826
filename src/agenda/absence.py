"""An absence: a stretch of a resource's time that is not for booking, whatever its capacity."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from agenda.events import AbsenceCancelled, AbsenceMoved, AbsencePlanned
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


class Absence(Aggregate, kw_only=True):
    begins_with: ClassVar[tuple[type[Event], ...]] = (AbsencePlanned,)

    resource_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
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

    def must_stand(self) -> None:
        if self.is_cancelled:
            raise AbsenceClosed

    def evolve(self, event: Event) -> None:
        match event:
            case AbsencePlanned() | AbsenceMoved():
                self.resource_id = event.resource_id
                self.starts_at, self.ends_at = event.starts_at, event.ends_at
            case AbsenceCancelled():
                self.is_cancelled = True


def must_go_forward(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise EndBeforeStart
