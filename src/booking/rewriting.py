"""Everything of an appointment as somebody wrote it anew: its time, its services, its client, its price, its words."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agenda.timetable import settings_in
from agenda.wanted import Wanted
from booking.allocation import must_be_allowed
from booking.appointment import Appointment
from booking.commands import shift
from booking.making import texts
from booking.online import for_the_house
from booking.prices import list_price
from clients.queries import visible_file
from kernel.actors import Act
from kernel.store import Log, command


@command("agenda.write")
@for_the_house
def rewrite_appointment(
    log: Log,
    id: UUID,
    starts_at: datetime,
    *,
    wanted: Sequence[Wanted] | None = None,
    client_id: UUID | None,
    price_cents: int | None,
    is_asked_for: bool,
    words: dict[str, str],
    override: Collection[str] = (),
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """All of it or nothing. `wanted` are the services where they are to be others; without a price it costs what they
    do; `words` are those that changed, as in `edit_appointment`."""
    must_be_allowed(override, reason, by)
    appointment = log.get(Appointment, id)
    by = by.because(log.write(reason, kind="reason", about=appointment.client_id))
    if wanted or starts_at != appointment.starts_at:
        by = shift(log, appointment, starts_at, wanted, override, by, tells_client=tells_client)
    facts: dict[str, Any] = {"is_asked_for": is_asked_for}
    facts["client_id"] = visible_file(log.connection, client_id) if client_id else None
    listed = list_price(settings_in(log), appointment.segments)
    facts["price_cents"] = listed if price_cents is None else price_cents
    appointment.edit(by, **facts, **texts(log, appointment.client_id, words))
    log.keep(appointment)
