"""What time itself brings about: requests and holds end when nobody has settled them."""

from collections.abc import Iterator
from uuid import UUID

from booking.appointment import NotWaiting
from booking.commands import expire_appointment, expire_hold
from booking.events import AppointmentProposed, AppointmentRequested, TimeHeld
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


@endings.on(TimeHeld)
def end_unused(event: TimeHeld) -> Iterator[Job]:
    id = str(event.originator_id)
    yield Job("end_hold", f"end_hold/{id}", {"id": id}, event.expires_at)


def end_request(store: Store, organisation_id: UUID, id: str) -> None:
    """Says that a request has expired; nothing to say when it was settled before."""
    by = Act(organisation_id=organisation_id, actor="policy/endings", origin="policy", key=f"end_request/{id}")
    try:
        expire_appointment(store, UUID(id), by=by)
    except NotWaiting:
        return


def end_hold(store: Store, organisation_id: UUID, id: str) -> None:
    by = Act(organisation_id=organisation_id, actor="policy/endings", origin="policy", key=f"end_hold/{id}")
    try:
        expire_hold(store, UUID(id), by=by)
    except HoldOver:
        return


JOBS = {"end_request": end_request, "end_hold": end_hold}
