"""What can be asked of appointments and holds."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agenda.timetable import settings_in
from agenda.wanted import Wanted
from booking import online
from booking.allocation import allocate, must_be_allowed
from booking.appointment import ENDED, Appointment
from booking.hold import Hold
from booking.list_export import ListExport
from booking.making import terms_now, texts, wanted_again
from booking.online import booked_for, for_clients_too, for_the_house, must_be_theirs_to_change
from booking.prices import list_price
from kernel.actors import Act
from kernel.store import Log, command


@command("agenda.write")
@for_clients_too
def book_appointment(
    log: Log,
    id: UUID,
    client_id: UUID | None,
    starts_at: datetime,
    wanted: Sequence[Wanted],
    *,
    status: str = "booked",
    price_cents: int | None = None,
    is_asked_for: bool = False,
    hold_id: UUID | None = None,
    override: Collection[str] = (),
    reason: str = "",
    source_id: str = "",
    tells_client: bool = True,
    by: Act,
    **words: str,
) -> None:
    """Makes an appointment, all its resources or none. `status` is booked, requested (the house approves) or proposed
    (the client confirms); the last two hold their time until they expire. A hold given becomes the appointment.

    `words` are note, client_note, location, video_link and answers. `override` sets rules aside, with a reason.
    Here and in what follows, `tells_client` says whether the client is to get a message of it.
    """
    must_be_allowed(override, reason, by)
    online.must_be_theirs_to_say(words, by)
    if client_id:
        client_id = booked_for(log, client_id, by)
    hold = log.get(Hold, hold_id) if hold_id else None
    if hold:
        hold.must_be_theirs(by)
    settings = settings_in(log)
    status = online.status_for(settings, status, by)
    if status == "requested":
        online.must_not_ask_more(log, client_id, by)
    place = allocate(log, settings, starts_at, wanted, by, override=override, without=[hold_id] if hold_id else ())
    listed = list_price(settings, place.segments)
    online.must_be_theirs_to_say({"price_cents": price_cents}, by, listed=listed)
    appointment = Appointment(id=id)
    appointment.make(
        status,
        by.because(log.write(reason, kind="reason", about=client_id), place.set_aside),
        **place.time(),
        client_id=client_id,
        terms=terms_now(settings, place.segments),
        price_cents=listed if price_cents is None else price_cents,
        currency=settings.organisation.currency,
        is_asked_for=is_asked_for,
        source_id=source_id,
        tells_client=tells_client,
        expires_at=None if status == "booked" else by.at + timedelta(hours=settings.terms.request_hours),
        **texts(log, client_id, words),
    )
    keep_with(log, appointment, hold, by)


def keep_with(log: Log, appointment: Appointment, hold: Hold | None, by: Act) -> None:
    if hold is None:
        log.keep(appointment)
    else:
        hold.release(by)
        log.keep(hold, appointment)


@command("agenda.write")
@for_clients_too
def move_appointment(
    log: Log,
    id: UUID,
    starts_at: datetime,
    *,
    wanted: Sequence[Wanted] | None = None,
    override: Collection[str] = (),
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """Another time, other people or rooms, another service or duration; without `wanted`, only the time changes."""
    must_be_allowed(override, reason, by)
    appointment = log.get(Appointment, id)
    by = by.because(log.write(reason, kind="reason", about=appointment.client_id))
    act = shift(log, appointment, starts_at, wanted, override, by, tells_client=tells_client)
    if wanted and appointment.pending:
        settings = settings_in(log)
        appointment.edit(act, price_cents=list_price(settings, appointment.segments))
    log.keep(appointment)


def shift(
    log: Log,
    appointment: Appointment,
    starts_at: datetime,
    wanted: Sequence[Wanted] | None,
    override: Collection[str],
    by: Act,
    *,
    tells_client: bool,
) -> Act:
    """Finds the place and decides; returns the act with the rules that it set aside."""
    appointment.must_be_open()
    settings = settings_in(log)
    must_be_theirs_to_change(log, appointment, settings, by)
    known = wanted_again(appointment)
    asked = wanted or known
    free = {"without": [appointment.id], "known": known}
    place = allocate(log, settings, starts_at, asked, by, override=override, **free)
    act = by.because(by.reason_id, place.set_aside)
    appointment.move(**place.time(), by=act, tells_client=tells_client)
    return act


@command("requests.approve")
@for_the_house
def approve_appointment(log: Log, id: UUID, *, tells_client: bool = True, by: Act) -> None:
    change(log, id, Appointment.approve, by, tells_client=tells_client)


@command("agenda.write")
@for_clients_too
def confirm_appointment(log: Log, id: UUID, *, tells_client: bool = True, by: Act) -> None:
    change(log, id, Appointment.confirm, by, tells_client=tells_client)


@command("requests.approve")
@for_clients_too
def decline_appointment(log: Log, id: UUID, *, reason: str = "", tells_client: bool = True, by: Act) -> None:
    online.must_be_theirs_to_decline(log.get(Appointment, id), by)
    change(log, id, Appointment.decline, by, reason=reason, tells_client=tells_client)


@command("agenda.write")
@for_the_house
def mark_arrived(log: Log, id: UUID, *, by: Act) -> None:
    change(log, id, Appointment.arrive, by)


@command("agenda.write")
@for_the_house
def mark_completed(log: Log, id: UUID, *, by: Act) -> None:
    change(log, id, Appointment.complete, by)


@command("agenda.write")
@for_the_house
def mark_missed(log: Log, id: UUID, *, reason: str = "", by: Act) -> None:
    change(log, id, Appointment.miss, by, reason=reason)


@command("agenda.write")
@for_the_house
def reopen_appointment(log: Log, id: UUID, *, by: Act) -> None:
    change(log, id, Appointment.reopen, by)


@command("requests.end")
@for_the_house
def expire_appointment(log: Log, id: UUID, *, by: Act) -> None:
    change(log, id, Appointment.expire, by)


@command("agenda.write")
@for_clients_too
def cancel_appointment(
    log: Log,
    id: UUID,
    *,
    is_by_client: bool = False,
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """`is_by_client` tells who gave it up, whoever wrote it down; clients give up their own."""
    facts = {"is_by_client": is_by_client or by.is_client, "tells_client": tells_client}
    change(log, id, Appointment.cancel, by, reason=reason, **facts)


@command("agenda.write")
@for_clients_too
def restore_appointment(
    log: Log,
    id: UUID,
    *,
    override: Collection[str] = (),
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """Brings back a cancelled, declined or expired appointment at its time, if the time is still free."""
    must_be_allowed(override, reason, by)
    appointment = log.get(Appointment, id)
    appointment.must_be(*ENDED)
    settings = settings_in(log)
    online.must_be_theirs_to_restore(appointment, by)
    must_be_theirs_to_change(log, appointment, settings, by)
    asked = wanted_again(appointment)
    place = allocate(log, settings, appointment.starts_at, asked, by, override=override, without=[id], known=asked)
    act = by.because(log.write(reason, kind="reason", about=appointment.client_id), place.set_aside)
    appointment.restore(place.segments, act, tells_client=tells_client)
    log.keep(appointment)


@command("agenda.write")
@for_clients_too
def edit_appointment(
    log: Log,
    id: UUID,
    *,
    words: dict[str, str] | None = None,
    by: Act,
    **facts: Any,
) -> None:
    """`facts` are client_id, price_cents and is_asked_for; `words` are note, client_note, location, video_link,
    answers, of which an empty one is taken away. What is not named stays as it is."""
    appointment = log.get(Appointment, id)
    if facts.get("client_id"):
        facts["client_id"] = booked_for(log, facts["client_id"], by)
    online.must_be_theirs_to_edit(appointment, facts, words or {}, by)
    appointment.edit(by, **facts, **texts(log, appointment.client_id, words or {}))
    log.keep(appointment)


@command("clients.export")
@for_the_house
def note_list_export(log: Log, id: UUID, *, count: int, by: Act) -> None:
    export = ListExport(id=id)
    export.note(count, by)
    log.keep(export)


@command("agenda.write")
@for_clients_too
def hold_time(log: Log, id: UUID, starts_at: datetime, wanted: Sequence[Wanted], *, by: Act) -> None:
    """Keeps time for somebody who is filling the form, for as long as the house's terms say."""
    online.must_not_hold_more(log, by)
    settings = settings_in(log)
    place = allocate(log, settings, starts_at, wanted, by)
    hold = Hold(id=id)
    hold.take_time(**place.time(), expires_at=by.at + timedelta(minutes=settings.terms.hold_minutes), by=by)
    log.keep(hold)


@command("agenda.write")
@for_clients_too
def release_hold(log: Log, id: UUID, *, by: Act) -> None:
    hold = log.get(Hold, id)
    hold.must_be_theirs(by)
    hold.release(by)
    log.keep(hold)


@command("requests.end")
@for_the_house
def expire_hold(log: Log, id: UUID, *, by: Act) -> None:
    hold = log.get(Hold, id)
    hold.expire(by)
    log.keep(hold)


def change(log: Log, id: UUID, decide: Any, by: Act, *, reason: str = "", **facts: Any) -> None:
    appointment = log.get(Appointment, id)
    act = by.because(log.write(reason, kind="reason", about=appointment.client_id)) if reason else by
    decide(appointment, by=act, **facts)
    log.keep(appointment)
