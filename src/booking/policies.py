"""What time itself brings about: requests and holds end when nobody has settled them."""

from collections.abc import Iterator
from uuid import UUID

from accounts.acting import acts_for
from booking.appointment import NotWaiting
from booking.commands import expire_appointment, expire_hold
from booking.events import (
    AppointmentProposed,
    AppointmentRequested,
    ApprovalWithdrawn,
    ConfirmationWithdrawn,
    TimeHeld,
)
from booking.hold import HoldOver
from kernel.actors import Act
from kernel.jobs import Job
from kernel.reader import Policy
from kernel.store import Store

endings = Policy("endings")


@endings.on(AppointmentRequested, AppointmentProposed)
def end_unanswered(event: AppointmentRequested | AppointmentProposed) -> Iterator[Job]:
    id = str(event.originator_id)
    yield Job("end_request", f"end_request/{id}", {"id": id}, event.expires_at)


@endings.on(ApprovalWithdrawn, ConfirmationWithdrawn)
def end_unanswered_again(event: ApprovalWithdrawn | ConfirmationWithdrawn) -> Iterator[Job]:
    """Each time that it waits ends for itself."""
    id, version = str(event.originator_id), event.originator_version
    yield Job("end_request", f"end_request/{id}/{version}", {"id": id, "version": version}, event.expires_at)


@endings.on(TimeHeld)
def end_unused(event: TimeHeld) -> Iterator[Job]:
    id = str(event.originator_id)
    yield Job("end_hold", f"end_hold/{id}", {"id": id}, event.expires_at)


@acts_for("endings")
def end_request(store: Store, by: Act, id: str, version: int = 1) -> None:
    """Says that a request has expired; nothing to say when it was settled before."""
    key = f"end_request/{id}" if version == 1 else f"end_request/{id}/{version}"
    try:
        expire_appointment(store, UUID(id), by=by.once(key))
    except NotWaiting:
        return


@acts_for("endings")
def end_hold(store: Store, by: Act, id: str) -> None:
    try:
        expire_hold(store, UUID(id), by=by.once(f"end_hold/{id}"))
    except HoldOver:
        return


JOBS = {"end_request": end_request, "end_hold": end_hold}
