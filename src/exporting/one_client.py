"""All that a house holds about one client, gathered to be handed over to whom it is about."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from psycopg import Connection

from agenda.answers import read_answers
from agenda.timetable import Settings, settings_of
from booking import queries as booking
from booking.queries import AppointmentRead
from clients import queries as clients
from clients.queries import ClientCard
from kernel.errors import NotFound
from kernel.store import Store
from kernel.texts import words_of
from projections import client_activity, messages, visits

EVERYTHING = 1_000_000
# What the machinery needs of a card, and nobody whom it is about.
UNSAID = ("version", "words_version", "custom", "merged_into")

Facts = dict[str, Any]


def holdings(
    store: Store, organisation_id: UUID, id: UUID, now: datetime, only: Collection[UUID] | None = None
) -> Facts:
    """Plain values under names; instants with the offset of the house. `only` are the appointments that whoever asks
    may look at, None for all. Raises NotFound."""
    file = clients.client_file(store, organisation_id, id)
    if file is None:
        raise NotFound(kind="Client", id=str(id))
    labels = {str(each.id): each.label for each in clients.client_fields(store, organisation_id, is_all=True)}
    merged = [each.id for each in file.duplicates]
    return {
        "made_at": now.isoformat(),
        "client": card_facts(file.card, labels),
        "merged_files": [card_facts(each, labels) for each in file.duplicates],
        "block": {"reason": file.block_reason, "at": to_builtins(file.blocked_at)} if file.card.is_blocked else None,
        "notes": to_builtins(file.notes),
        "versions": [each for one in (id, *merged) for each in versions_of(store, organisation_id, one, labels)],
        "appointments": appointments_of(store, organisation_id, id, now, only),
        "history": to_builtins(client_activity.of_client(store, organisation_id, id, EVERYTHING, only)),
    }


def card_facts(card: ClientCard, labels: dict[str, str]) -> Facts:
    plain = {name: value for name, value in to_builtins(card).items() if name not in UNSAID}
    return plain | {"own_fields": {labels.get(name, name): value for name, value in card.custom.items()}}


def versions_of(store: Store, organisation_id: UUID, id: UUID, labels: dict[str, str]) -> list[Facts]:
    """Every version of the words of one file, the newest first, own fields by their labels."""
    told = to_builtins(clients.versions(store, organisation_id, id))
    for version in told:
        for change in version["changes"]:
            change["field"] = labels.get(change["field"], change["field"])
    return told


def appointments_of(
    store: Store, organisation_id: UUID, id: UUID, now: datetime, only: Collection[UUID] | None
) -> list[Facts]:
    known = visits.of_client(store, organisation_id, id, now)
    ids = [each.appointment_id for each in (*reversed(known.past), *known.future)]
    shown = [each for each in ids if only is None or each in only]
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        found = booking.appointments(db, shown)
        people = names_of(db, settings)
    return [
        appointment_facts(each, settings, people)
        | {"messages": to_builtins(messages.of_appointment(store, organisation_id, each.appointment.id))}
        for each in found
    ]


def names_of(db: Connection, settings: Settings) -> dict[UUID, str]:
    """Those of people, rooms and machines."""
    texts = words_of(db, (each.name_id for each in settings.resources.values()))
    return {id: texts.get(each.name_id, "") for id, each in settings.resources.items()}


def appointment_facts(read: AppointmentRead, settings: Settings, people: dict[UUID, str]) -> Facts:
    known, zone = read.appointment, ZoneInfo(read.appointment.zone)
    used = dict.fromkeys(use.resource_id for segment in known.segments for use in segment.uses)
    words = {name: text for name, text in read.words.items() if name != "answers"}
    return {
        "id": str(known.id),
        "status": known.status,
        "starts_at": known.segments[0].starts_at.astimezone(zone).isoformat(),
        "ends_at": known.segments[-1].ends_at.astimezone(zone).isoformat(),
        "zone": known.zone,
        "services": [settings.services[segment.service_id].name for segment in known.segments],
        "with": [people.get(id, "") for id in used],
        "price_cents": known.price_cents,
        "currency": known.currency,
        "is_asked_for": known.is_asked_for,
        **words,
        "answers": [{"question": each.wording, "answer": each.value} for each in read_answers(read.words["answers"])],
        "terms": to_builtins(known.terms),
    }
