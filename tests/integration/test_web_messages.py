"""Messages to clients on the pages of the agenda: what will leave, what left, what did not and why, and the answer."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from accounts.commands import suspend_organisation
from accounts.sealing import seal
from booking.commands import cancel_appointment
from notifications.messages.commands import note_message_not_sent, note_message_sent, plan_messages
from notifications.messages.correspondence import id_for
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.late import SETTINGS
from tests.story import at
from web.formats import iso


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.fixture
def client(desk: Desk) -> UUID:
    return desk.house.client(email="emilie@exemple.fr")


def written(desk: Desk, client: UUID, hour: int = 14, days: int = 7, **facts: Any) -> UUID:
    """An appointment whose messages are planned; the reminder waits."""
    id = desk.house.book(at(hour, days=days), client_id=client, by=desk.house.by(at=MOMENT), **facts)
    plan_messages(desk.house.store, id, by=desk.house.by(at=MOMENT))
    return id


def news_of(id: UUID) -> UUID:
    return uuid5(id_for(id), "news/1")


def fail(desk: Desk, id: UUID) -> None:
    note_message_not_sent(desk.house.store, id, news_of(id), "refused 550 5.1.1", by=desk.house.by(at=MOMENT))


# After an act


def test_who_books_reads_that_the_client_will_be_told_and_may_hold_it_back(desk: Desk, client: UUID):
    answer = desk.book(at(14), client)
    assert "Rendez-vous créé, Émilie Rousseau, 14:00. E-mail au client dans 10 s." in words(answer)
    way = re.search(r'hx-post="([^"]+/messages/withhold)"', answer.text)[1]
    assert "Aucun e-mail n’est envoyé." in words(desk.post(way, htmx=True))
    refused = desk.post(way, htmx=True)
    assert refused.status_code == 409
    assert "Ce message est déjà parti, ou il n’y a rien à envoyer." in words(refused)
    desk.house.read_on()
    assert desk.house.rows("SELECT kind, state, why FROM view_messages WHERE rule = ''") == [
        ("booked", "skipped", "withheld")
    ]


def test_nothing_is_said_of_messages_where_none_will_leave(desk: Desk):
    assert "E-mail" not in words(desk.book(at(14), desk.house.client()))
    past = desk.book(at(9), desk.house.client(email="jean@exemple.fr"))
    assert "E-mail" not in words(past)


def test_an_undone_booking_tells_nobody(desk: Desk, client: UUID):
    id = uuid4()
    desk.book(at(14), client, id=id)
    answer = desk.post(f"/appointments/{id}/cancel", htmx=True, undo=1)
    assert "E-mail" not in words(answer)


def test_a_move_says_so_too(desk: Desk, client: UUID):
    id = written(desk, client)
    note_message_sent(desk.house.store, id, news_of(id), 1, by=desk.house.by(at=MOMENT))
    answer = desk.post(f"/appointments/{id}/move", htmx=True, starts_at=iso(at(15, days=7)))
    assert "E-mail au client dans 10 s." in words(answer)


# Before it


def test_the_popover_says_what_this_client_will_get(desk: Desk, client: UUID):
    where = {"resource": desk.house.claire, "at": iso(at(14, days=7)), "client": client}
    said = words(desk.get("/appointments/new/services", htmx=True, **where))
    assert "Confirmation par e-mail" in said
    assert "Rappel la veille par e-mail, lun. 30 nov., 14:00" in said


def test_the_popover_says_why_this_client_gets_nothing(desk: Desk):
    where = {"resource": desk.house.claire, "at": iso(at(14)), "client": desk.house.client()}
    said = words(desk.get("/appointments/new/services", htmx=True, **where))
    assert "Confirmation par e-mail : non, pas d’adresse e-mail au dossier" in said


def test_the_popover_says_that_it_is_too_late_for_a_reminder(desk: Desk, client: UUID):
    where = {"resource": desk.house.claire, "at": iso(at(16)), "client": client}
    said = words(desk.get("/appointments/new/services", htmx=True, **where))
    assert "Rappel la veille par e-mail : non, pris après l’heure du rappel" in said


# In the agenda


def test_a_card_shows_what_is_to_be_sent_was_sent_or_failed(desk: Desk, client: UUID):
    sent, failed = written(desk, client, 9), written(desk, client, 10)
    written(desk, client, 14)
    note_message_sent(desk.house.store, sent, news_of(sent), 1, by=desk.house.by(at=MOMENT))
    reminder = uuid5(id_for(sent), "day-before/1")
    note_message_sent(desk.house.store, sent, reminder, 1, by=desk.house.by(at=MOMENT))
    fail(desk, failed)
    said = desk.text("/agenda/2026-12-01")
    assert said.count("message envoyé") == 1
    assert said.count("message à envoyer") == 1
    assert said.count(", message en échec") == 1


def test_a_client_without_an_address_has_no_mark(desk: Desk):
    written(desk, desk.house.client())
    assert "message à envoyer" not in desk.text("/agenda/2026-12-01")


def test_the_panel_tells_each_message_with_its_reason_and_sends_again(desk: Desk, client: UUID):
    id = written(desk, client)
    fail(desk, id)
    panel = desk.get(f"/appointments/{id}", htmx=True)
    assert "Confirmation par e-mail En échec : refusé par le serveur de courrier (550 5.1.1)" in words(panel)
    assert "Rappel la veille par e-mail" in words(panel)
    way = re.search(r'hx-post="([^"]+/again)"', panel.text)[1]
    key = uuid4()
    said = words(desk.post(way, htmx=True, key=key))
    desk.post(way, htmx=True, key=key)
    assert "Le message est en route." in said
    assert "renvoyé à la main" in said
    desk.house.read_on()
    assert desk.house.rows("SELECT count(*) FROM view_messages WHERE is_manual") == [(1,)]


def test_sending_again_to_nobody_says_why(desk: Desk):
    id = written(desk, desk.house.client())
    answer = desk.post(f"/appointments/{id}/messages/{news_of(id)}/again", htmx=True)
    assert answer.status_code == 422
    assert "La fiche n’a pas d’adresse e-mail" in words(answer)


def test_failures_are_counted_until_somebody_sends_again_and_listed_with_their_reason(desk: Desk, client: UUID):
    id = written(desk, client)
    assert "messages en échec" not in desk.text("/agenda/2026-12-01")
    fail(desk, id)
    assert "1 message en échec" in desk.text("/agenda/2026-12-01")
    listed = desk.text("/messages", state="failed")
    assert "Émilie Rousseau mar. 1er déc., 14:00 En échec refusé par le serveur de courrier (550 5.1.1)" in listed
    desk.post(f"/appointments/{id}/messages/{news_of(id)}/again", htmx=True)
    assert "1 message en échec" not in desk.text("/agenda/2026-12-01")
    assert "Aucun message en échec" in desk.text("/messages", state="failed")


def test_the_list_is_of_today_unless_asked_otherwise(desk: Desk, client: UUID):
    written(desk, client)
    today, then = desk.text("/messages"), desk.text("/messages", on="2026-11-30")
    assert "Confirmation par e-mail Émilie Rousseau" in today
    assert "Rappel la veille par e-mail Émilie Rousseau" not in today
    assert "Rappel la veille par e-mail Émilie Rousseau" in then
    assert desk.get("/messages", state="lost").status_code == 404
    assert "Aucun message ici" in desk.text("/messages", on="2027-01-01")


# The client's answer


def link(desk: Desk, id: UUID) -> str:
    return f"/answer/{seal(SETTINGS.secret_key, 'answer', desk.house.id, id)}"


@pytest.fixture
def proposed(desk: Desk, client: UUID) -> UUID:
    facts = {"status": "proposed", "client_note": "Mal au dos", "note": "Pour nous"}
    return desk.house.book(at(14, days=7), client_id=client, by=desk.house.by(at=MOMENT), **facts)


def status(desk: Desk, id: UUID) -> tuple[str, str]:
    desk.house.read_on()
    told = "SELECT name, state::json ->> 'by' FROM events WHERE stream_id = %s ORDER BY version DESC LIMIT 1"
    return desk.house.rows(told, id)[0]


def test_a_client_looks_and_says_yes_once(desk: Desk, client: UUID, proposed: UUID):
    anybody = desk.app.test_client()
    looked = anybody.get(link(desk, proposed))
    for part in ("Ce rendez-vous vous convient-il", "mardi 1er décembre 2026, 14:00 – 15:00 (Paris)", "Massage"):
        assert part in words(looked), part
    assert "Pour nous" not in looked.text
    assert status(desk, proposed)[0] == "AppointmentProposed"
    said = words(anybody.post(link(desk, proposed), data={"answer": "yes"}))
    assert "Rendez-vous confirmé" in said
    assert status(desk, proposed) == ("AppointmentConfirmed", f"client/{client}")
    again = anybody.post(link(desk, proposed), data={"answer": "no"})
    assert "Rendez-vous confirmé" in words(again)
    assert status(desk, proposed)[0] == "AppointmentConfirmed"


def test_a_client_says_no_and_the_time_is_free(desk: Desk, client: UUID, proposed: UUID):
    answer = desk.app.test_client().post(link(desk, proposed), data={"answer": "no"})
    assert "Ce rendez-vous n’est pas retenu" in words(answer)
    assert desk.app.test_client().get(link(desk, proposed)).status_code == 410
    assert status(desk, proposed) == ("AppointmentDeclined", f"client/{client}")
    assert desk.house.rows("SELECT 1 FROM claims WHERE stream_id = %s", proposed) == []


def test_a_link_whose_time_is_over_says_so(desk: Desk, proposed: UUID, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.visit.now", lambda: MOMENT + timedelta(days=3))
    for answer in (desk.app.test_client().get(link(desk, proposed)), desk.app.test_client().post(link(desk, proposed))):
        assert answer.status_code == 410
        assert "Le délai de réponse est passé" in words(answer)


def test_no_other_link_opens_anything(desk: Desk, proposed: UUID):
    anybody = desk.app.test_client()
    ids = (desk.house.id, proposed)
    for sealed in (seal(SETTINGS.secret_key, "join", *ids), "rien", seal("x" * 40, "answer", *ids)):
        assert anybody.get(f"/answer/{sealed}").status_code == 404
        assert anybody.post(f"/answer/{sealed}", data={"answer": "yes"}).status_code == 404


def test_neither_an_unknown_answer_nor_a_house_that_stands_still_changes_anything(desk: Desk, proposed: UUID):
    anybody = desk.app.test_client()
    assert anybody.post(link(desk, proposed), data={"answer": "maybe"}).status_code == 200
    suspend_organisation(desk.house.store, reason="impayé", by=desk.house.by())
    assert anybody.post(link(desk, proposed), data={"answer": "yes"}).status_code == 403
    assert status(desk, proposed)[0] == "AppointmentProposed"


def test_what_the_house_gave_up_is_over_for_the_client(desk: Desk, proposed: UUID):
    cancel_appointment(desk.house.store, proposed, by=desk.house.by(at=MOMENT))
    assert desk.app.test_client().get(link(desk, proposed)).status_code == 410
