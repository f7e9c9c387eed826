"""What can be asked of support accesses; every one of them stands in the history of the house."""

from datetime import datetime
from uuid import UUID

from accounts.support.access import SupportAccess
from kernel.actors import Act
from kernel.store import Log, command


@command("support.open", is_exclusive=True)
def open_support_access(log: Log, id: UUID, person_id: UUID, *, until: datetime, reason: str, by: Act) -> None:
    """`person_id` is somebody of the support; they may look until `until`, eight hours at most."""
    access = SupportAccess(id=id)
    access.open(person_id, until, by.because(log.write(reason, kind="reason", about=by.organisation_id)))
    log.keep(access)


@command("support.allow", is_exclusive=True)
def allow_support_changes(log: Log, id: UUID, *, by: Act) -> None:
    access = log.get(SupportAccess, id)
    access.allow_changes(by)
    log.keep(access)


@command("support.look", is_exclusive=True)
def note_support_look(log: Log, id: UUID, page: str, thing_id: UUID | None = None, *, by: Act) -> None:
    access = log.get(SupportAccess, id)
    access.look(page, thing_id, by)
    log.keep(access)


@command("support.look", is_exclusive=True)
def leave_support_access(log: Log, id: UUID, *, by: Act) -> None:
    end(log, id, by)


@command("support.allow", is_exclusive=True)
def end_support_access(log: Log, id: UUID, *, by: Act) -> None:
    """By the house, at any time."""
    end(log, id, by)


def end(log: Log, id: UUID, by: Act) -> None:
    access = log.get(SupportAccess, id)
    access.end(by)
    log.keep(access)
