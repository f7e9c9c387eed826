"""Names, titles of entries, times and lengths as people write them."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from clients.words import ClientWords
from importing.dates import read_minutes, read_time
from importing.entries import Entry, Guest
from importing.names import agree, key_of, looks_like_a_person, split_name
from importing.people import People, Person
from importing.titles import Title, Titles
from importing.visitors import visitor

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


def entry(title: str = "", *guests: Guest, **facts: str) -> Entry:
    times = {"starts_at": NINE, "ends_at": NINE + timedelta(minutes=30), "when": "24/11/2026 09:00"}
    return Entry(number=1, source_id="1", title=title, guests=guests, **times, **facts)


def person(first_name: str, last_name: str, **facts: str) -> Person:
    return Person(uuid4(), ClientWords(first_name=first_name, last_name=last_name, **facts))


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Zoé LE GOFF", ("", "Zoé", "LE GOFF")),
        ("LE GOFF Zoé", ("", "Zoé", "LE GOFF")),
        ("Le Goff, Zoé", ("", "Zoé", "Le Goff")),
        ("Mme Marie-Thérèse O'BRIEN", ("Mme", "Marie-Thérèse", "O'BRIEN")),
        ("Raphaël De La Tour", ("", "Raphaël", "De La Tour")),
        ("Dupont", ("", "", "Dupont")),
        ("ZOÉ DUPONT", ("", "ZOÉ", "DUPONT")),
    ],
)
def test_which_part_is_the_last_name(written: str, parts: tuple):
    assert split_name(written) == parts


def test_writings_of_one_name_are_the_same():
    assert key_of("Zoé LE GOFF") == key_of("Le Goff, Zoe") == key_of("Mme zoé le-goff")
    assert agree("Mme Dupont", "Anne Dupont")
    assert not agree("Léo Dupont", "Anne Dupont")


@pytest.mark.parametrize("name", ["Zoé Le Goff", "Anne d'Hervé", "Jean de La Tour", "Marie-Thérèse O'Brien"])
def test_people_look_like_people(name: str):
    assert looks_like_a_person(name)


@pytest.mark.parametrize("name", ["Réunion d'équipe", "Réunion Équipe", "Bilan annuel", "Salle 2", "à voir"])
def test_meetings_do_not(name: str):
    assert not looks_like_a_person(name)


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Zoé NOËL - Massage", ("Zoé NOËL", "Massage")),
        ("Massage - Zoé Noël", ("Zoé Noël", "Massage")),
        ("Massage (Noël)", ("Noël", "Massage")),
        ("Zoé Noël (Massage)", ("Zoé Noël", "Massage")),
        ("Zoé Noël – Semelles – remise", ("Zoé Noël", "Semelles – remise")),
        ("Semelles - remise : Zoé Noël", ("Zoé Noël", "Semelles - remise")),
        ("Anne PETIT - Pose", ("Anne PETIT", "Pose")),
        ("Anne Petit - Pose", ("Anne Petit", "Pose")),
        ("Petit - Massage", ("Petit", "Massage")),
        ("Annulé : Zoé Noël - Massage", ("Zoé Noël", "Massage")),
        ("zoe noel", ("zoe noel", "")),
    ],
)
def test_titles_name_a_client_and_a_service(title: str, read: tuple):
    titles = Titles(People([person("Zoé", "NOËL")]), {"massage", "semelles remise"})
    found = titles.read(entry(title), "Claire Moreau")
    assert (found.client, found.service) == read


@pytest.mark.parametrize(
    "title",
    [
        "Réunion d'équipe",
        "Réunion (déplacée)",
        "Conseil Municipal (suite)",
        "Tournée (Lyon Nord)",
        "Congés - Noël 2026",
        "Pause - déjeuner",
        "Massage - à voir",
        "",
    ],
)
def test_titles_without_a_client(title: str):
    assert Titles(People(), {"massage"}).read(entry(title), "Claire Moreau") is None


def test_a_guest_comes_for_a_service_and_colleagues_for_a_meeting():
    titles = Titles(People(), {"massage"})
    guests = (Guest("Claire Moreau", "claire@exemple.fr"), Guest("Anne Petit", "anne@exemple.fr"))
    assert titles.read(entry("Massage", *guests), "Claire Moreau") == Title("Anne Petit", "Massage")
    assert titles.read(entry("Réunion", *guests), "Claire Moreau") is None


ANNE = person("Anne", "DUPONT", email="famille@exemple.fr")
LEO = person("Léo", "Dupont", email="famille@exemple.fr")
PAUL = person("Paul", "Martin", email="paul@exemple.fr")
PAULS = (person("Paul", "Petit"), person("Paul", "PETIT", email="pp@exemple.fr"))
KNOWN = People([ANNE, LEO, PAUL, *PAULS])


@pytest.mark.parametrize(
    ("name", "email", "found"),
    [
        ("Anne Dupont", "famille@exemple.fr", ANNE),
        ("Léo Dupont", "famille@exemple.fr", LEO),
        ("M. Martin", "paul@exemple.fr", PAUL),
        ("Martin", "", PAUL),
        ("paul martin", "", PAUL),
        ("Paul Petit", "pp@exemple.fr", PAULS[1]),
    ],
)
def test_clients_are_found_by_address_and_name(name: str, email: str, found: Person):
    guests = (Guest(name, email),) if email else ()
    assert visitor(KNOWN, name, entry("", *guests), "Claire Moreau").person is found


def test_nobody_is_taken_for_somebody_else():
    assert visitor(KNOWN, "Paul Petit", entry(), "Claire Moreau").namesakes == 2
    assert visitor(KNOWN, "Dupont", entry(), "Claire Moreau").namesakes == 2
    child = visitor(KNOWN, "Lina Dupont", entry("", Guest("Lina Dupont", "famille@exemple.fr")), "Claire Moreau")
    assert child.facts == {"title": "", "first_name": "Lina", "last_name": "Dupont", "email": "famille@exemple.fr"}


@pytest.mark.parametrize("written", ["9h", "9h00", "09:00", "9:00:00", "24/11/2026 09:00", "2026-11-24T09:00", time(9)])
def test_times_of_day(written: object):
    assert read_time(written) == time(9)


@pytest.mark.parametrize("written", ["90", "90 min", "1h30", "1:30", "01:30:00", "1 h 30", time(1, 30), 90.0])
def test_lengths(written: object):
    assert read_minutes(written) == 90


@pytest.mark.parametrize("written", ["", "tôt", "25:00", "9:75"])
def test_times_that_are_none(written: str):
    with pytest.raises(ValueError, match=".*"):
        read_time(written)
