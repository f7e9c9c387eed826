"""When clients are written to about their appointments, and the jobs that do it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from accounts.acting import acts_for
from booking import queries as booking
from booking.appointment import STATUS_AFTER
from booking.events import AppointmentMade, AppointmentMoved, AppointmentRequested, TimeFreed, TimeTaken
from kernel.actors import Act
from kernel.events import Event
from kernel.jobs import Job
from kernel.reader import Policy
from kernel.store import Store
from notifications.messages.approvers import tell_approvers
from notifications.messages.commands import note_message_not_sent, note_message_sent, plan_messages
from notifications.messages.correspondence import Correspondence, Planned, id_for
from notifications.messages.events import MessagePlanned
from notifications.messages.rules import HOLD
from notifications.sending import deliver, outcome

# What comes in as a whole is agreed already, elsewhere.
SILENT_ORIGINS = ("import", "setup")
# Whoever asks for an approval at the desk need not be told that somebody asks.
AT_THE_DESK = ("staff/", "import/", "setup/")
KINDS = [kind for kind in STATUS_AFTER if issubclass(kind, (TimeTaken, TimeFreed))]

telling = Policy("telling")


@telling.on(*KINDS, AppointmentMoved)
def tell_the_client(event: Event) -> Iterator[Job]:
    is_nobodys = isinstance(event, AppointmentMade) and event.client_id is None
    if event.via not in SILENT_ORIGINS and not is_nobodys:
        id = str(event.originator_id)
        yield Job("plan_messages", f"plan_messages/{id}/{event.originator_version}", {"id": id}, event.at)
    if isinstance(event, AppointmentRequested) and not event.by.startswith(AT_THE_DESK):
        yield request_waits(event)


def request_waits(event: AppointmentRequested) -> Job:
    id, due_at = str(event.originator_id), event.at + HOLD
    return Job("tell_approvers", f"tell_approvers/{id}", {"id": id, "at": due_at.isoformat()}, due_at)


@telling.on(MessagePlanned)
def send_in_time(event: MessagePlanned) -> Iterator[Job]:
    facts = {"appointment_id": str(event.appointment_id), "id": str(event.message_id)}
    yield Job("send_message", f"send_message/{event.message_id}/{event.originator_version}", facts, event.due_at)


@acts_for("telling")
def plan_what_is_due(store: Store, by: Act, id: str) -> None:
    plan_messages(store, UUID(id), by=by)


@acts_for("telling")
def send_message(store: Store, by: Act, appointment_id: str, id: str) -> None:
    """Nothing to do for one that was put off or settled meanwhile. What is noted follows what became of the letter,
    also when the worker died in between."""
    about, message_id = UUID(appointment_id), UUID(id)
    planned = waiting(store, by.organisation_id, about, message_id)
    if planned is None or planned.due_at > datetime.now(UTC):
        return
    key = f"message/{message_id}"
    version = version_told(store, by.organisation_id, key, about, planned)
    facts = {"appointment_id": appointment_id, "message_id": id, "at": planned.due_at.isoformat()}
    deliver(store, by.organisation_id, key, f"appointment-{planned.kind}", planned.due_at, facts)
    is_sent, why = outcome(store, by.organisation_id, key)
    if is_sent:
        note_message_sent(store, about, message_id, version, by=by)
    else:
        note_message_not_sent(store, about, message_id, why, by=by)


def waiting(store: Store, organisation_id: UUID, appointment_id: UUID, message_id: UUID) -> Planned | None:
    letters = store.find(organisation_id, Correspondence, id_for(appointment_id))
    return letters.open.get(message_id) if letters else None


def version_told(
    store: Store, organisation_id: UUID, key: str, appointment_id: UUID, planned: Planned
) -> int:
    """How far the client knows the appointment by this letter; one written before a worker died says at least what
    it was planned for."""
    if outcome(store, organisation_id, key) is not None:
        return planned.appointment_version
    found = booking.appointment(store, organisation_id, appointment_id)
    return found.appointment.version if found else planned.appointment_version


JOBS = {"plan_messages": plan_what_is_due, "send_message": send_message, "tell_approvers": tell_approvers}
