"""Making, moving, settling and undoing appointments from the desk, and how a refusal is said."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from agenda.commands import assign_performer
from agenda.wanted import Wanted
from booking.commands import book_appointment, move_appointment
from projections.desk import appointment
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import at
from web.formats import iso


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.fixture
def client(desk: Desk) -> UUID:
    return desk.house.client()


def status(desk: Desk, id: UUID) -> str:
    desk.house.read_on()
    return desk.house.rows("SELECT DISTINCT status FROM view_agenda WHERE appointment_id = %s", id)[0][0]


def fields(response: TestResponse, button: str) -> dict[str, str]:
    """The hidden fields of the form that this button sends."""
    html = response.get_data(as_text=True)
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    form = next(form for form in forms if button in form)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def undo_of(response: TestResponse) -> str:
    """Where the button that takes it back leads."""
    html = response.get_data(as_text=True)
    return re.search(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*data-undo', html, re.DOTALL)[1]


def take_back(desk: Desk, response: TestResponse) -> TestResponse:
    """As the toast's button does."""
    return desk.post(undo_of(response), htmx=True, **(fields(response, "data-undo") | {"csrf_token": ""}))


def test_control_characters_never_reach_the_base(desk: Desk, client: UUID):
    answer = desk.book(at(14), client, note="Porte\x00 du fond\x1b", reason="\x00")
    assert answer.status_code == 200
    assert desk.house.rows("SELECT words FROM texts WHERE kind = 'note'") == [("Porte du fond",)]
    assert desk.get("/clients", words="a@\x00").status_code == 400


def test_the_popover_offers_those_expected_and_what_the_person_does(desk: Desk, client: UUID):
    desk.house.book(at(16, days=-7), client_id=client)
    answer = desk.get("/appointments/new", htmx=True, resource=desk.house.claire, at=iso(at(16, 5)))
    said = words(answer)
    assert "16:00 Claire Moreau, mar. 24 nov. 2 h libres" in said
    assert "Attendus à cette heure Émilie Rousseau" in said
    assert "Massage 1 h" in said


def test_the_usual_service_comes_first_and_a_long_one_says_by_how_much(desk: Desk, client: UUID):
    desk.house.book(at(16, days=-7), desk.house.check_up, client_id=client)
    desk.house.book(at(16, 30), client_id=desk.house.client("Paul", "Mercier"))
    where = {"resource": desk.house.claire, "at": iso(at(16, 0)), "client": client}
    said = words(desk.get("/appointments/new/services", htmx=True, **where))
    assert said.index("Habituelle Bilan") < said.index("Autres prestations")
    assert "Massage 1 h dépasse de 30 min" in said


def test_without_a_script_the_same_choice_is_a_page(desk: Desk, client: UUID):
    said = desk.text("/appointments/new", resource=desk.house.claire, at=iso(at(16)), client=client)
    assert "Prestation (crée le rendez-vous)" in said
    assert "Créer le rendez-vous" in desk.text("/appointments/new")


def test_the_form_finds_a_client_among_many_and_keeps_the_one_it_came_for(desk: Desk, client: UUID):
    other = desk.house.client("Paul", "Mercier")
    found = desk.get("/appointments/new", words="merc").get_data(as_text=True)
    assert f'<option value="{other}" selected>' in found
    assert str(client) not in found
    kept = desk.get("/appointments/new", words="merc", client=client).get_data(as_text=True)
    assert f'<option value="{client}" selected>' in kept


def test_booking_says_what_was_made_and_how_to_undo_it(desk: Desk, client: UUID):
    answer = desk.book(at(9), client)
    assert answer.headers["HX-Trigger"] == "agenda-changed"
    assert "Rendez-vous créé, Émilie Rousseau, 9:00. Annuler Ouvrir" in words(answer)
    desk.house.read_on()
    assert [state for _, state in desk.booked()] == ["booked"]


def test_a_double_click_books_once(desk: Desk, client: UUID):
    same = {"id": uuid4(), "key": uuid4()}
    assert [desk.book(at(9), client, **same).status_code for _ in range(2)] == [200, 200]
    desk.house.read_on()
    assert desk.booked() == [(same["id"], "booked")]


def test_without_a_script_booking_leads_back_to_the_day_with_the_message(desk: Desk, client: UUID):
    answer = desk.book(at(9), client, htmx=False)
    assert (answer.status_code, answer.location) == (303, "/agenda/2026-11-24")
    assert "Rendez-vous créé, Émilie Rousseau" in desk.text(answer.location)


def test_a_wall_time_is_a_time_of_the_house(desk: Desk, client: UUID):
    facts = {"id": uuid4(), "client_id": client, "service_id": desk.house.massage, "resource_id": desk.house.claire}
    answer = desk.post("/appointments", htmx=True, **facts, on="2026-11-24", time="09:00")
    assert "9:00" in words(answer)


def test_a_taken_time_is_one_refusal_that_says_by_whom_what_stays_and_what_is_free(desk: Desk, client: UUID):
    desk.house.book(at(14), client_id=desk.house.client("Éric", "Fournier"))
    answer = desk.book(at(14, 30), client)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    said = words(answer)
    assert "Créneau déjà pris par Éric Fournier (14:00 à 15:00)." in said
    assert "Rien n’a été réservé." in said
    assert "Prendre le prochain libre : 15:00" in said
    desk.house.read_on()
    assert len(desk.booked()) == 1


def test_the_next_free_time_is_one_click_away(desk: Desk, client: UUID):
    desk.house.book(at(14), client_id=desk.house.client("Éric", "Fournier"))
    offered = fields(desk.book(at(14, 30), client), "data-next-free")
    assert "15:00" in words(desk.post("/appointments", htmx=True, **offered))


def test_staff_may_book_anyway_and_must_say_why(desk: Desk, client: UUID):
    desk.house.book(at(14), client_id=desk.house.client("Éric", "Fournier"))
    anyway = fields(desk.book(at(14, 30), client), "override")
    without = desk.post("/appointments", htmx=True, **anyway)
    assert (without.status_code, "Il manque la raison" in words(without)) == (422, True)
    assert desk.post("/appointments", htmx=True, **anyway, reason="Urgence").status_code == 200
    said = desk.text(f"/appointments/{anyway['id']}")
    assert "« Urgence »" in said
    assert "Règle écartée : créneau pris" in said


def test_outside_opening_hours_is_said_and_may_be_set_aside(desk: Desk, client: UUID):
    answer = desk.book(at(19), client)
    assert "en dehors des horaires" in words(answer)
    assert fields(answer, "override")["override"] == "outside_hours"


def test_a_refusal_without_a_script_is_a_page_with_the_same_ways_out(desk: Desk, client: UUID):
    answer = desk.book(at(19), client, htmx=False)
    assert answer.status_code == 422
    assert "<html" in answer.get_data(as_text=True)
    assert "Réserver quand même" in words(answer)


def test_undo_gives_back_the_person_the_time_and_the_price_of_before(desk: Desk, client: UUID):
    house, id = desk.house, desk.house.book(at(9), client_id=client)
    assign_performer(house.store, house.massage, house.karim, price_cents=7000, by=house.by())
    answer = desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(10)), resource_id=house.karim)
    card = appointment(house.store, house.id, id)
    assert (card.resource_names, card.starts_at, card.price_cents) == (["Karim Benali"], at(10), 7000)
    take_back(desk, answer)
    card = appointment(house.store, house.id, id)
    assert (card.resource_names, card.starts_at, card.price_cents) == (["Claire Moreau"], at(9), 5000)


def test_a_note_that_was_changed_is_taken_back(desk: Desk, client: UUID):
    id = desk.house.book(at(9), client_id=client, note="Avant")
    answer = desk.post(f"/appointments/{id}/edit", htmx=True, note="Après")
    take_back(desk, answer)
    assert appointment(desk.house.store, desk.house.id, id).note == "Avant"
    assert "data-undo" not in desk.post(f"/appointments/{id}/edit", htmx=True, note="Avant").get_data(as_text=True)


def test_moving_says_from_when_to_when_and_takes_it_back(desk: Desk, client: UUID):
    id = desk.house.book(at(9), client_id=client)
    answer = desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(10)), resource_id=desk.house.karim)
    assert "Émilie Rousseau déplacé : 9:00 → 10:00, Karim Benali" in words(answer)
    undone = desk.post(undo_of(answer), htmx=True)
    assert "Rétabli. Émilie Rousseau, mar. 24 nov., 9:00." in words(undone)


def test_the_history_of_an_appointment_strikes_the_old_and_writes_the_new(desk: Desk, client: UUID):
    id = desk.house.book(at(9), client_id=client)
    desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(10)), resource_id=desk.house.karim)
    html = desk.get(f"/appointments/{id}").get_data(as_text=True)
    for old, new in (("9:00", "10:00"), ("Claire Moreau", "Karim Benali")):
        assert re.search(rf"<del>{old}</del>.*?<ins>{new}</ins>", html)


def test_a_move_onto_taken_time_leaves_it_where_it_was(desk: Desk, client: UUID):
    id = desk.house.book(at(9), client_id=client)
    desk.house.book(at(14), client_id=desk.house.client("Éric", "Fournier"))
    answer = desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(14)))
    assert answer.status_code == 409
    assert "Émilie Rousseau reste à 9:00." in words(answer)


def test_a_move_of_what_somebody_else_has_moved_is_refused(desk: Desk, client: UUID):
    id = desk.house.book(at(9), client_id=client)
    move_appointment(desk.house.store, id, at(10), by=desk.house.by())
    answer = desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(11)), expected_version=1)
    assert (answer.status_code, "modifié entre-temps" in words(answer)) == (409, True)


def test_the_panel_offers_the_next_free_times(desk: Desk, client: UUID):
    id = desk.house.book(at(14), client_id=client)
    assert "mar. 24 nov., 15:00" in words(desk.get(f"/appointments/{id}/move", htmx=True))
    assert "Déplacer" in desk.text(f"/appointments/{id}/move")


def test_the_next_free_time_may_be_with_anyone(desk: Desk, client: UUID):
    house, id = desk.house, desk.house.book(at(14), client_id=client)
    for hour in (15, 16, 17):
        house.book(at(hour))
    own, anyone = (desk.get(f"/appointments/{id}/move", htmx=True, **asked) for asked in ({}, {"anyone": 1}))
    assert "mar. 24 nov., 14:00" not in words(own)
    assert "mar. 24 nov., 14:00, Karim Benali" in words(anyone)
    moved = desk.post(f"/appointments/{id}/move", htmx=True, **fields(anyone, "mar. 24 nov., 14:00, Karim Benali"))
    assert "Karim Benali" in words(moved)
    assert appointment(house.store, house.id, id).resource_names == ["Karim Benali"]


def test_of_several_services_the_whole_form_finds_other_people(desk: Desk, client: UUID):
    wanted = [Wanted(desk.house.massage, (desk.house.claire,)), Wanted(desk.house.massage, (desk.house.karim,))]
    book_appointment(desk.house.store, id := uuid4(), client, at(14), wanted, by=desk.house.by())
    assert "N’importe qui" not in words(desk.get(f"/appointments/{id}/move", htmx=True, anyone=1))


@pytest.mark.parametrize(
    ("deeds", "ends_as"),
    [
        (["arrive"], "arrived"),
        (["arrive", "complete"], "completed"),
        (["miss"], "missed"),
        (["miss", "reopen"], "booked"),
        (["cancel"], "cancelled"),
        (["cancel", "restore"], "booked"),
    ],
)
def test_what_is_done_to_an_appointment(desk: Desk, client: UUID, deeds: list[str], ends_as: str):
    id = desk.house.book(at(9), client_id=client)
    for deed in deeds:
        assert desk.post(f"/appointments/{id}/{deed}", htmx=True).status_code == 200
    assert status(desk, id) == ends_as


@pytest.mark.parametrize(("deed", "ends_as"), [("approve", "booked"), ("decline", "declined")])
def test_a_request_is_settled(desk: Desk, client: UUID, deed: str, ends_as: str):
    id = desk.house.book(at(15), client_id=client, status="requested", by=desk.house.by(at=MOMENT))
    desk.post(f"/appointments/{id}/{deed}", htmx=True)
    assert status(desk, id) == ends_as


def test_the_reason_of_a_cancellation_is_kept(desk: Desk, client: UUID):
    id = desk.house.book(at(15), client_id=client)
    answer = desk.post(f"/appointments/{id}/cancel", htmx=True, reason="Malade", is_by_client="1")
    assert "« Malade »" in words(answer)
    assert "Rétablir" in words(answer)


def test_what_has_not_begun_is_not_over(desk: Desk, client: UUID):
    id = desk.house.book(at(15), client_id=client)
    answer = desk.post(f"/appointments/{id}/miss", htmx=True)
    assert (answer.status_code, "pas encore commencé" in words(answer)) == (422, True)


def test_a_note_is_edited_in_place_and_its_old_words_stay_in_the_history(desk: Desk, client: UUID):
    id = desk.house.book(at(15), client_id=client, note="Vient seule")
    answer = desk.post(f"/appointments/{id}/edit", htmx=True, note="Vient avec bébé", location="")
    html = answer.get_data(as_text=True)
    assert "<del>Vient seule</del>" in html
    assert "<ins>Vient avec bébé</ins>" in html


def test_a_first_note_is_in_the_history_too(desk: Desk, client: UUID):
    id = desk.house.book(at(15), client_id=client)
    said = words(desk.post(f"/appointments/{id}/edit", htmx=True, note="Vient seule"))
    assert "Modifié note interne Vient seule" in said


def test_the_client_is_told_of_a_view_that_is_late(desk: Desk, client: UUID, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk.house.store, "wait_for", lambda *_, **__: False)
    assert "L’affichage suit dans un instant." in words(desk.book(at(9) + timedelta(days=1), client))
