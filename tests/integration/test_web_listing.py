"""The list of all appointments, the requests that wait, and many settled at once with what became of each."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from booking.commands import cancel_appointment
from tests.browser.visitor import MOMENT, Desk, open_desk
from tests.story import at


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter()


def statuses(desk: Desk) -> dict[UUID, str]:
    desk.house.read_on()
    return dict(desk.house.rows("SELECT DISTINCT appointment_id, status FROM view_agenda"))


def settle(desk: Desk, deed: str, *ids: UUID, **fields: str) -> str:
    answer = desk.post("/appointments/settle", ids=[str(id) for id in ids], deed=deed, **{"key": uuid4(), **fields})
    return answer.get_data(as_text=True)


def requested_now(desk: Desk, starts_at: datetime, status: str = "requested", **facts: Any) -> UUID:
    """What somebody asks for at the moment at which the pages are looked at."""
    return desk.house.book(starts_at, status=status, by=desk.house.by(at=MOMENT), **facts)


# The list


def test_the_list_shows_past_coming_and_cancelled_ones(desk: Desk):
    zoe, noe = desk.house.client("Zoé", "Noël"), desk.house.client("Noé", "Petit")
    desk.house.book(at(9, days=-1), client_id=noe)
    gone = desk.house.book(at(14), client_id=zoe)
    cancel_appointment(desk.house.store, gone, by=desk.house.by())
    said = desk.text("/list", on="2026-11-20")
    assert "Noé Petit" in said
    assert "Zoé Noël" in said
    assert "Annulé" in said


def test_without_anything_asked_it_begins_today(desk: Desk):
    desk.house.book(at(9, days=-1), client_id=desk.house.client("Noé", "Petit"))
    assert "Noé Petit" not in desk.text("/list")
    assert "Aucun rendez-vous ici" in desk.text("/list")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"status": "cancelled"}, {"Zoé"}),
        ({"words": "noel"}, {"Zoé"}),
        ({"until": "2026-11-24"}, {"Zoé"}),
        ({"on": "2026-11-25"}, {"Noé"}),
        ({}, {"Zoé", "Noé"}),
    ],
)
def test_the_list_is_narrowed(desk: Desk, asked: dict, names: set):
    gone = desk.house.book(at(14), client_id=desk.house.client("Zoé", "Noël"))
    cancel_appointment(desk.house.store, gone, by=desk.house.by())
    desk.house.book(at(9, days=1), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    said = desk.text("/list", **({"on": "2026-11-20"} | asked))
    assert {name for name in ("Zoé", "Noé") if name in said} == names


def test_the_list_of_one_person_and_one_service(desk: Desk):
    desk.house.book(at(9), client_id=desk.house.client("Zoé", "Noël"))
    desk.house.book(at(9), desk.house.class_of_three, desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    assert "Noé" not in desk.text("/list", person=desk.house.claire)
    assert "Zoé" not in desk.text("/list", service=desk.house.class_of_three)


@pytest.mark.parametrize(("down", "first"), [("", "Zoé"), ("1", "Anne")])
def test_the_list_is_in_the_order_asked_for(desk: Desk, down: str, first: str):
    desk.house.book(at(9), client_id=desk.house.client("Zoé", "Noël"))
    desk.house.book(at(14), client_id=desk.house.client("Anne", "Petit"))
    said = desk.text("/list", on="2026-11-24", sort="client", down=down)
    assert min(("Anne", "Zoé"), key=said.index) == first


@pytest.mark.parametrize("asked", ["sort=name;drop", "on=x", "page=0", "status=lost", "person=x"])
def test_an_address_that_asks_nonsense_is_no_page(desk: Desk, asked: str):
    assert desk.get(f"/list?{asked}").status_code == 404


def test_whoever_sees_one_column_sees_its_lines_alone(desk: Desk):
    desk.house.book(at(9), client_id=desk.house.client("Zoé", "Noël"))
    desk.house.book(at(9), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    grants = Grants(sees=(desk.house.karim,), edits=(desk.house.karim,))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    for said in (desk.text("/list"), desk.text("/list", person=desk.house.claire)):
        assert "Zoé" not in said
    assert "Noé" in desk.text("/list")


# Requests


def test_requests_wait_for_the_house_and_proposals_for_the_client(desk: Desk):
    requested_now(desk, at(14), client_id=desk.house.client("Zoé", "Noël"))
    requested_now(desk, at(15), status="proposed", client_id=desk.house.client("Noé", "Petit"))
    said = desk.text("/requests")
    assert said.index("En attente de votre réponse") < said.index("Zoé Noël") < said.index("En attente du client")
    assert said.index("En attente du client") < said.index("Noé Petit")


def test_a_request_that_nobody_answered_in_time_waits_no_more(desk: Desk):
    desk.house.book(at(14), status="requested", client_id=desk.house.client("Zoé", "Noël"))
    assert "Zoé" not in desk.text("/requests")


def test_without_requests_it_says_so(desk: Desk):
    assert "Aucune demande n’attend de réponse." in desk.text("/requests")


# Many at once


def test_each_of_many_is_settled_as_its_state_has_it(desk: Desk):
    requested = requested_now(desk, at(14))
    proposed, booked = requested_now(desk, at(15), status="proposed"), desk.house.book(at(16))
    settle(desk, "cancel", requested, proposed, booked, reason="fermeture")
    known = statuses(desk)
    assert [known[id] for id in (requested, proposed, booked)] == ["declined", "declined", "cancelled"]


def test_what_cannot_be_done_says_why_and_the_rest_is_done(desk: Desk):
    requested, booked = requested_now(desk, at(14)), desk.house.book(at(16))
    page = settle(desk, "approve", requested, booked)
    assert "1 fait" in page
    assert "1 laissé tel quel" in page
    assert statuses(desk)[requested] == "booked"


def test_what_was_done_to_one_of_them_is_taken_back_from_the_answer(desk: Desk):
    booked, asked = desk.house.book(at(14)), requested_now(desk, at(16))
    page = settle(desk, "cancel", booked, asked)
    for id in (booked, asked):
        undo = re.search(rf'action="(/appointments/{id}/take-back/\d+)"', page)[1]
        desk.post(undo, key=uuid4(), is_whole="1")
    assert [statuses(desk)[id] for id in (booked, asked)] == ["booked", "requested"]


def test_sent_twice_it_is_done_once(desk: Desk):
    booked, key = desk.house.book(at(14)), uuid4()
    assert all("1 fait" in settle(desk, "cancel", booked, key=key) for _ in range(2))
    rows = desk.house.rows("SELECT count(*) FROM events WHERE name = 'AppointmentCancelled'")
    assert rows == [(1,)]


def test_nobody_settles_what_they_may_not(desk: Desk):
    mine, theirs = desk.house.book(at(14)), desk.house.book(at(14), resource=desk.house.karim)
    grants = Grants(edits=(desk.house.claire,))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    page = settle(desk, "cancel", mine, theirs)
    assert "Vos droits ne vous permettent pas cette action" in page
    known = statuses(desk)
    assert (known[mine], known[theirs]) == ("cancelled", "booked")


@pytest.mark.parametrize("fields", [{"deed": "destroy"}, {"ids": []}, {"ids": ["x"]}])
def test_nonsense_is_refused_and_nothing_is_changed(desk: Desk, fields: dict):
    booked = desk.house.book(at(14))
    answer = desk.post("/appointments/settle", **({"ids": [str(booked)], "deed": "cancel", "key": uuid4()} | fields))
    assert answer.status_code == 422
    assert statuses(desk)[booked] == "booked"


def test_one_of_another_house_is_not_there(desk: Desk):
    answer = desk.post("/appointments/settle", ids=[str(uuid4())], deed="cancel", key=uuid4())
    assert answer.status_code == 404
