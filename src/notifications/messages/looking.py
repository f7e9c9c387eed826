"""A message to a client at the moment it is to go: whether it is still true, and what it says."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from psycopg import Connection

from accounts import queries as accounts
from accounts.organisation import Organisation
from accounts.sealing import seal
from agenda.timetable import Settings, settings_of
from booking.appointment import Appointment
from booking.queries import streams
from clients.queries import ClientCard, cards
from kernel.store import found_in
from kernel.texts import words_of
from notifications.asked import Asked
from notifications.letter import Addressee, Letter, Passage, WebAddress
from notifications.messages.calendar import calendar_entry
from notifications.messages.correspondence import Correspondence, Planned, id_for
from notifications.messages.news import leads, news, present_kind
from notifications.outcomes import NotNeeded
from notifications.words import language_of, short, span

KINDS = ("booked", "received", "proposed", "moved", "restored", "cancelled", "declined", "expired", "reminder")
# What somebody may want in their calendar, or out of it.
IN_CALENDAR = ("booked", "moved", "restored", "cancelled", "reminder")
ANSWER = "/answer/"


def about_appointment(asked: Asked) -> Letter:
    """Raises NotNeeded when it says nothing true or new any more, or nobody is there to read it."""
    with asked.store.reading(asked.organisation_id) as db:
        house = accounts.organisation(db)
        told = streams(db, [asked.id("appointment_id")])[asked.id("appointment_id")]
        now = Appointment.replay(told[0].originator_id, told)
        letters = found_in(db, Correspondence, id_for(now.id))
        planned = letters.open.get(asked.id("message_id"))
        if planned is None:
            raise NotNeeded("overtaken")
        must_still_be_said(asked, house, now, planned)
        latest = news(told, letters.told_version, letters.sent_version)
        must_be_true(now, planned, latest.kind if latest else "")
        client = reader_of(db, now.client_id)
        known = latest.known if latest and planned.kind == "moved" else None
        return written(asked, db, house, now, client, known)


def must_still_be_said(asked: Asked, house: Organisation, now: Appointment, planned: Planned) -> None:
    if house.standing(asked.now) != "open":
        raise NotNeeded("house_stands_still")
    if now.starts_at <= asked.now:
        raise NotNeeded("begun")
    if planned.rule and now.status != "booked":
        raise NotNeeded("not_live")


def must_be_true(now: Appointment, planned: Planned, latest_kind: str) -> None:
    """News tells how things are now; what happened since may leave nothing to tell, or something else."""
    if planned.rule:
        is_true = planned.is_manual or planned.starts_at == now.starts_at
    elif planned.is_manual:
        is_true = present_kind(now) == planned.kind
    else:
        is_true = latest_kind == planned.kind
    if not is_true:
        raise NotNeeded("undone" if not latest_kind and not planned.rule else "overtaken")


def reader_of(db: Connection, client_id: UUID | None) -> ClientCard:
    client = cards(db, [client_id]).get(client_id) if client_id else None
    if client is None or not client.email:
        raise NotNeeded("no_email")
    return client


def written(
    asked: Asked,
    db: Connection,
    house: Organisation,
    now: Appointment,
    client: ClientCard,
    known: Appointment | None,
) -> Letter:
    """In the language of the house, as client files have none; with the clocks of the appointment."""
    kind = asked.name.removeprefix("appointment-")
    to = Addressee(name=client.name, email=client.email, language=house.language, zone=now.zone)
    told = told_of(db, settings_of(db, house.id), now, known, to)
    is_asked = kind == "proposed"
    return Letter(
        name=asked.name,
        to=to,
        facts={"when": short(now.starts_at, language_of(to.language), ZoneInfo(now.zone))},
        told=told,
        link=answer_link(asked, now.id) if is_asked else "",
        until=now.expires_at if is_asked else None,
        house=house.name,
        calendar=calendar_entry(now, kind, house.name, told, asked.now) if kind in IN_CALENDAR else b"",
    )


def answer_link(asked: Asked, appointment_id: UUID) -> str:
    sealed = seal(asked.settings.secret_key, "answer", asked.organisation_id, appointment_id)
    return f"{asked.settings.public_url}{ANSWER}{sealed}"


def when(appointment: Appointment, to: Addressee) -> str:
    ends_at, zone = appointment.segments[-1].ends_at, ZoneInfo(appointment.zone)
    return span(appointment.starts_at, ends_at, language_of(to.language), zone)


def told_of(
    db: Connection, settings: Settings, now: Appointment, known: Appointment | None, to: Addressee
) -> dict[str, str | datetime]:
    """What stands in the letter, each under its name; what is not known is left out."""
    people = [settings.resources[id].name_id for segment in now.segments for id in leads(segment)]
    spoken = words_of(db, [*people, now.location_id, now.video_link_id, now.client_note_id])
    told = {
        "when": when(now, to),
        "was": when(known, to) if known and when(known, to) != when(now, to) else "",
        "services": Passage(" + ".join(settings.services[each.service_id].name for each in now.segments)),
        "with": Passage(", ".join(dict.fromkeys(spoken.get(id, "") for id in people))),
        **where(settings, now, spoken),
        "price": price(now, to.language),
        "client_note": Passage(spoken.get(now.client_note_id, "")),
    }
    return {name: value for name, value in told.items() if value}


def where(settings: Settings, now: Appointment, spoken: dict[Any, str]) -> dict[str, str]:
    """Elsewhere, if that was said; by video; else the place that receives."""
    if location := spoken.get(now.location_id):
        return {"where": Passage(location)}
    if video := spoken.get(now.video_link_id):
        return {"video": WebAddress(video)}
    ids = settings.resources[leads(now.segments[0])[0]].place_ids
    place = settings.places.get(ids[0]) if ids else None
    return {"where": Passage(", ".join(filter(None, (place.name, place.address))))} if place else {}


def price(now: Appointment, language: str) -> str:
    return format_currency(now.price_cents / 100, now.currency, locale=language) if now.price_cents else ""
