"""Stored events are for ever: every version ever stored still loads and still says the same."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent

import accounts.events
import accounts.people.events
import agenda.events
import booking.events
import booking.series.events
import clients.events
import importing.events
import notifications.messages.events
import webhooks.events
from kernel.events import MAPPER, Event

SAMPLES = sorted((Path(__file__).parent / "events").glob("*.json"))
ABSTRACT = {"AbsenceTime", "AppointmentMade", "TimeTaken", "TimeFreed"}
PACKAGES = (
    accounts.events,
    accounts.people.events,
    agenda.events,
    booking.events,
    booking.series.events,
    clients.events,
    importing.events,
    notifications.messages.events,
    webhooks.events,
)
STORED = {
    name: kind
    for name, kind in Event.names.items()
    if kind.__module__ in {package.__name__ for package in PACKAGES} and name not in ABSTRACT
}


def load(path: Path) -> Event:
    return MAPPER.to_domain_event(StoredEvent(UUID(int=1), 1, path.name.split(".")[0], path.read_bytes()))


@pytest.mark.parametrize("name", STORED)
def test_every_event_has_a_sample(name: str):
    assert any(path.name.startswith(f"{name}.") for path in SAMPLES), (
        f"keep a stored sample of {name} in tests/house/events"
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_still_loads_and_stores_the_same(path: Path):
    event = load(path)
    assert json.loads(MAPPER.to_stored_event(event).state) == json.loads(path.read_text())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_knows_what_time_it_takes(path: Path):
    claims = load(path).claims()
    assert claims is None or all(claim.starts_at < claim.ends_at for claim in claims)


def test_no_event_holds_words_from_or_about_people():
    """Names, notes and contacts stand in tables that can be erased; their fields must not exist on events."""
    suspects = {
        "first_name",
        "last_name",
        "phone",
        "email",
        "note",
        "words",
        "reason",
        "birth_on",
        "answers",
        "location",
    }
    for name, kind in STORED.items():
        assert not suspects & set(kind.__struct_fields__), name


@pytest.mark.parametrize("name", STORED)
def test_event_names_are_a_noun_and_a_participle(name: str):
    irregular = ("Set", "Made", "Held", "Taken", "Freed", "SignedIn", "Undone", "Drawn", "TurnedOn", "TurnedOff")
    irregular += ("Left", "Chosen", "Seen", "Sent", "Withdrawn")
    assert name.endswith("ed") or name.endswith(irregular), name
