"""What the pages of the agenda say of messages to clients: which were written, which will be."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from msgspec.structs import replace

from clients.queries import ClientCard
from notifications.messages import queries
from notifications.messages.queries import Foreseen
from notifications.messages.rules import HOLD
from projections import messages as view
from projections.desk import AppointmentCard
from projections.messages import MessageLine
from web import visit
from web.told import Toast


def telling(toast: Toast, appointment_id: UUID) -> Toast:
    """With the message that leaves when the Undo delay is over, if there is one, and the way to hold it back."""
    if not queries.news_to_come(visit.store(), visit.house(), appointment_id, visit.now()):
        return toast
    soon = gettext("E-mail to the client in %(n)s s.", n=int(HOLD.total_seconds()))
    words = f"{toast.words.rstrip('.')}. {soon}"
    return replace(toast, words=words, withhold_url=url_for("desk.withhold", id=appointment_id))


def written_about(card: AppointmentCard) -> list[MessageLine]:
    """Newest first."""
    return list(reversed(view.of_appointment(visit.store(), visit.house(), card.id)))


def foreseen_for(client: ClientCard | None, starts_at: datetime, zone: str, **choice: Any) -> list[Foreseen]:
    """What an appointment of this client would bring; `zone` is that of the place, `choice` as in will_receive."""
    return queries.will_receive(client, starts_at, zone, visit.now(), **choice)
