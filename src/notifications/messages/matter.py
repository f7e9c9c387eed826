"""What messages are about: an appointment with its past, its client, and what was written so far."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from booking.appointment import Appointment
from booking.queries import streams
from clients.queries import ClientCard, cards
from kernel.errors import NotFound
from kernel.events import Event
from kernel.store import found_in
from notifications.messages.correspondence import Correspondence, id_for
from notifications.messages.news import TELLING


class Matter(NamedTuple):
    """An appointment with its whole stream, whom it is with, and what was written about it."""

    events: Sequence[Event]
    now: Appointment
    client: ClientCard | None
    letters: Correspondence

    @property
    def agreed_at(self) -> datetime:
        """When the appointment came to stand as it does."""
        return next(event.at for event in reversed(self.events) if isinstance(event, TELLING))

    def facts(self, **others: Any) -> dict[str, Any]:
        about = {"appointment_id": self.now.id, "client_id": self.now.client_id, "starts_at": self.now.starts_at}
        return about | {"appointment_version": self.now.version} | others


def matter_of(db: Connection, appointment_id: UUID) -> Matter:
    events = streams(db, [appointment_id]).get(appointment_id, [])
    now = Appointment.replay(appointment_id, events)
    if now is None:
        raise NotFound(kind="Appointment", id=str(appointment_id))
    letters = found_in(db, Correspondence, id_for(appointment_id)) or Correspondence(id=id_for(appointment_id))
    letters.concerns = now.touches()
    client = cards(db, [now.client_id]).get(now.client_id) if now.client_id else None
    return Matter(events, now, client, letters)
