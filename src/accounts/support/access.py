"""A support access: who looks into the house, until when, and whether the house lets them change things."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from accounts.events import SupportAccessEnded, SupportAccessOpened, SupportChangesAllowed, SupportPageSeen
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event

LONGEST = timedelta(hours=8)


class SupportAccessNotValid(Refusal):
    """It says why, and lasts no longer than eight hours."""


class SupportAccessOver(Refusal):
    status = 410


class SupportAccess(Aggregate, kw_only=True):
    """`allowed_by` is who let it change things, as role/identifier."""

    is_listed: ClassVar[bool] = True

    person_id: UUID | None = None
    opened_at: datetime | None = None
    until: datetime | None = None
    reason_id: UUID | None = None
    may_change: bool = False
    allowed_by: str = ""

    def open(self, person_id: UUID, until: datetime, by: Act) -> None:
        if by.reason_id is None or not by.at < until <= by.at + LONGEST:
            raise SupportAccessNotValid
        self.trigger(SupportAccessOpened, by, person_id=person_id, until=until)

    def allow_changes(self, by: Act) -> None:
        self.must_be_good(by)
        if not self.may_change:
            self.trigger(SupportChangesAllowed, by)

    def look(self, page: str, thing_id: UUID | None, by: Act) -> None:
        self.must_be_good(by)
        self.trigger(SupportPageSeen, by, page=page, thing_id=thing_id)

    def end(self, by: Act, why: str = "") -> None:
        if self.is_good(by.at):
            self.trigger(SupportAccessEnded, by, why=why)

    def is_good(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def must_be_good(self, by: Act) -> None:
        if not self.is_good(by.at):
            raise SupportAccessOver

    def evolve(self, event: Event) -> None:
        match event:
            case SupportAccessOpened():
                self.person_id, self.opened_at, self.until = event.person_id, event.at, event.until
                self.reason_id = event.reason_id
            case SupportChangesAllowed():
                self.may_change, self.allowed_by = True, event.by
            case SupportAccessEnded():
                self.until = event.at
            case SupportPageSeen():
                pass
