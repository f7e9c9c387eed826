"""Appointments that come back, on the pages of the desk: every date shown first, then kept all or none."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from agenda.commands import set_hours
from booking.commands import move_appointment
from booking.series.series import occurrence_id
from tests.browser.visitor import PASSWORD, Desk, open_desk, words
from tests.story import at, office_hours

FIRST = date(2026, 12, 1)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.fixture
def client(desk: Desk) -> UUID:
    return desk.house.client()


def facts(desk: Desk, client: UUID | None, **more: object) -> dict[str, object]:
    asked = {"client_id": client or "", "service_id": desk.house.massage, "resource_id": desk.house.claire}
    asked |= {"on": FIRST, "time": "10:00", "every": 1, "unit": "week", "end": "count", "count": 4, "id": uuid4()}
    return asked | {"key": uuid4()} | more


def planned(desk: Desk, client: UUID, **more: object) -> UUID:
    asked = facts(desk, client, **more)
    answer = desk.post("/series", **asked)
    assert answer.status_code == 303, words(answer)
    return asked["id"]


def week(number: int) -> date:
    return FIRST + timedelta(weeks=number)


def chosen(response: TestResponse, on: date) -> dict[str, str]:
    """The ways offered for one date, by their words."""
    html = response.get_data(as_text=True)
    select = re.search(rf'<select[^>]*name="choice-{on}">(.*?)</select>', html, re.DOTALL)[1]
    return {text: value for value, text in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', select)}


def starts(desk: Desk, id: UUID) -> list[str]:
    desk.house.read_on()
    query = """
        SELECT to_char(starts_at AT TIME ZONE 'Europe/Paris', 'DD.MM. HH24:MI') FROM view_occurrences
        WHERE series_id = %s AND status = 'booked' ORDER BY starts_at"""
    return [row[0] for row in desk.house.rows(query, id)]


def test_the_popover_and_the_form_lead_to_the_page_that_repeats(desk: Desk):
    html = desk.get("/appointments/new", htmx=True, resource=desk.house.claire, at="2026-11-24T16:00:00Z")
    link = re.search(r'href="(/series/new[^"]*)" data-repeat', html.get_data(as_text=True))[1].replace("&amp;", "&")
    said = desk.get(link).get_data(as_text=True)
    assert 'value="2026-11-24"' in said
    assert 'value="17:00"' in said
    assert "Répéter…" in desk.text("/appointments/new")


def test_before_enough_is_known_the_page_says_what_is_missing(desk: Desk, client: UUID):
    said = desk.text("/series/new", client_id=client)
    assert "Choisissez une prestation, une personne, une date et une heure." in said


def test_every_date_is_shown_in_words_before_anything_is_booked(desk: Desk, client: UUID):
    said = words(desk.post("/series/preview", **facts(desk, client, weekdays=["1", "3"])))
    assert "Toutes les semaines, le mardi et le jeudi, 4 fois" in said
    assert "Toutes les dates ont leur place." in said
    for shown in ("mar. 1er déc., 10:00", "jeu. 3 déc., 10:00", "mar. 8 déc., 10:00", "jeu. 10 déc., 10:00"):
        assert shown in said
    assert "Réserver 4 rendez-vous" in said
    assert desk.house.rows("SELECT count(*) FROM claims") == [(0,)]


def test_what_is_shown_is_booked_and_one_click_takes_it_back(desk: Desk, client: UUID):
    asked = facts(desk, client)
    answer = desk.post("/series", **asked)
    assert answer.location == f"/series/{asked['id']}"
    assert starts(desk, asked["id"]) == ["01.12. 10:00", "08.12. 10:00", "15.12. 10:00", "22.12. 10:00"]
    assert "4 rendez-vous créés." in desk.text(answer.location)
    assert desk.post(f"/series/{asked['id']}/cancel").status_code == 303
    assert starts(desk, asked["id"]) == []
    assert desk.post(f"/series/{asked['id']}/restore").status_code == 303
    assert len(starts(desk, asked["id"])) == 4


def test_sent_twice_it_is_one_series(desk: Desk, client: UUID):
    asked = facts(desk, client)
    assert [desk.post("/series", **asked).status_code for _ in range(2)] == [303, 303]
    assert desk.house.rows("SELECT count(*) FROM claims") == [(4,)]


def test_a_conflict_says_who_is_there_and_offers_its_ways(desk: Desk, client: UUID):
    desk.house.book(at(10, days=14), client_id=desk.house.client("Éric", "Fournier"))
    answer = desk.post("/series/preview", **facts(desk, client))
    said = words(answer)
    assert "1 date n’a pas de place : choisissez ce qu’elle devient." in said
    assert "Créneau déjà pris par Éric Fournier (10:00 à 11:00)." in said
    assert "Réserver 3 rendez-vous" in said
    assert list(chosen(answer, week(1))) == [
        "Prendre 11:00", "Avec Karim Benali", "Autre heure…", "Réserver quand même", "Ne pas réserver"
    ]  # fmt: skip
    assert list(chosen(answer, week(0))) == ["Comme prévu", "Autre heure…", "Ne pas réserver"]


@pytest.mark.parametrize(
    ("way", "becomes"),
    [
        ("Prendre 11:00", "08.12. 11:00"),
        ("Avec Karim Benali", "08.12. 10:00"),
        ("Réserver quand même", "08.12. 10:00"),
        ("Autre heure…", "09.12. 15:00"),
        ("Ne pas réserver", None),
    ],
)
def test_each_way_out_of_a_conflict_is_kept(desk: Desk, client: UUID, way: str, becomes: str | None):
    desk.house.book(at(10, days=14))
    asked = facts(desk, client)
    value = chosen(desk.post("/series/preview", **asked), week(1))[way]
    choice = {f"choice-{week(1)}": value, f"other-{week(1)}": "2026-12-09T15:00", "reason": "Urgence"}
    assert desk.post("/series", **asked, **choice).status_code == 303
    others = {"01.12. 10:00", "15.12. 10:00", "22.12. 10:00"}
    assert set(starts(desk, asked["id"])) == others | ({becomes} if becomes else set())


def test_a_choice_is_shown_again_with_what_comes_of_it(desk: Desk, client: UUID):
    desk.house.book(at(10, days=14))
    asked = facts(desk, client)
    value = chosen(desk.post("/series/preview", **asked), week(1))["Avec Karim Benali"]
    answer = desk.post("/series/preview", **asked, **{f"choice-{week(1)}": value})
    assert "Toutes les dates ont leur place." in words(answer)
    assert f'value="{value}" selected' in answer.get_data(as_text=True)
    assert "Réserver 4 rendez-vous" in words(answer)


def test_another_time_waits_until_it_is_picked(desk: Desk, client: UUID):
    desk.house.book(at(10, days=14))
    asked = facts(desk, client)
    value = chosen(desk.post("/series/preview", **asked), week(1))["Autre heure…"]
    choice = {f"choice-{week(1)}": value, f"other-{week(1)}": "2026-12-08T10:00"}
    assert f'value="{value}" selected' in desk.post("/series/preview", **asked, **choice).get_data(as_text=True)
    answer = desk.post("/series/preview", **asked, **choice | {f"other-{week(1)}": "2026-12-08T15:00"})
    assert "mar. 8 déc., 15:00" in words(answer)
    assert chosen(answer, week(1))["Prendre 15:00"] == "at:2026-12-08T14:00:00Z"


def test_what_went_to_somebody_else_meanwhile_is_named_and_nothing_is_booked(desk: Desk, client: UUID):
    desk.house.book(at(10, days=14), client_id=desk.house.client("Éric", "Fournier"))
    answer = desk.post("/series", **facts(desk, client))
    said = words(answer)
    assert answer.status_code == 409
    assert "Certaines dates n’ont pas de place (1). Rien n’a été réservé." in said
    assert "Éric Fournier" in said
    assert desk.house.rows("SELECT count(*) FROM claims") == [(1,)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"unit": "month", "on": date(2026, 12, 31), "count": 3}, "Pas de tel jour en février 2027"),
        ({"unit": "month", "monthly": "nth"}, "Tous les mois, le premier mardi, 4 fois"),
        ({"unit": "month", "monthly": "last"}, "Tous les mois, le dernier mardi, 4 fois"),
        ({"unit": "day", "every": 3, "end": "until", "until_on": week(1)}, "Tous les 3 jours, jusqu’au 8 déc. 2026"),
        ({"end": "until"}, "Une série finit à une date ou après un nombre de fois"),
        ({"end": "until", "until_on": date(2090, 1, 1)}, "au plus 1000 rendez-vous"),
        ({"unit": "year"}, "Il manque"),
        ({"choice-nonsense": "skip"}, "Il manque"),
    ],
)
def test_rules_are_said_and_so_is_what_cannot_be(desk: Desk, client: UUID, more: dict, said: str):
    assert said in words(desk.post("/series/preview", **facts(desk, client, **more)))


def test_a_rule_is_set_aside_only_with_a_reason_which_the_page_asks_for(desk: Desk, client: UUID):
    desk.house.book(at(10, days=14))
    asked = facts(desk, client)
    value = chosen(desk.post("/series/preview", **asked), week(1))["Réserver quand même"]
    answer = desk.post("/series", **asked, **{f"choice-{week(1)}": value})
    assert (answer.status_code, "Il manque la raison" in words(answer)) == (422, True)
    assert f'value="{value}" selected' in answer.get_data(as_text=True)


def test_without_a_client_nothing_is_planned(desk: Desk):
    answer = desk.post("/series", **facts(desk, None))
    assert (answer.status_code, "Choisissez un client" in words(answer)) == (422, True)


def test_the_panel_says_which_of_the_series_it_is_and_asks_for_the_scope(desk: Desk, client: UUID):
    id = planned(desk, client)
    said = desk.text(f"/appointments/{occurrence_id(id, week(2))}")
    assert "toutes les semaines, le mardi, 4 fois , 3 sur 4" in said
    for scope in ("Celui-ci", "Celui-ci et les suivants", "Tous ceux à venir"):
        assert scope in said


@pytest.mark.parametrize(
    ("scope", "deed", "leads_to"),
    [
        ("this", "move", "/appointments/{one}/move"),
        ("following", "move", "/series/{id}/move?from_on=2026-12-15"),
        ("all", "move", "/series/{id}/move"),
        ("following", "cancel", "/series/{id}/cancel?from_on=2026-12-15"),
        ("all", "cancel", "/series/{id}/cancel"),
    ],
)
def test_the_scope_leads_where_it_says(desk: Desk, client: UUID, scope: str, deed: str, leads_to: str):
    id = planned(desk, client)
    one = occurrence_id(id, week(2))
    answer = desk.get(f"/appointments/{one}/scope", scope=scope, deed=deed)
    assert answer.location == leads_to.format(one=one, id=id)
    assert desk.get(answer.location).status_code == 200


def test_this_one_alone_is_cancelled_after_it_is_shown(desk: Desk, client: UUID):
    id = planned(desk, client)
    one = occurrence_id(id, week(2))
    said = desk.get(f"/appointments/{one}/scope", scope="this", deed="cancel").get_data(as_text=True)
    assert f'action="/appointments/{one}/cancel"' in said
    desk.post(f"/appointments/{one}/cancel", reason="Malade")
    assert starts(desk, id) == ["01.12. 10:00", "08.12. 10:00", "22.12. 10:00"]


def test_an_appointment_of_no_series_has_no_scope(desk: Desk, client: UUID):
    id = desk.house.book(at(10), client_id=client)
    assert "Voir la série" not in desk.text(f"/appointments/{id}")
    assert desk.get(f"/appointments/{id}/scope").status_code == 404


def test_the_following_ones_are_moved_by_a_day_and_to_another_time(desk: Desk, client: UUID):
    id = planned(desk, client)
    change = {"from_on": week(2), "days": 1, "time": "15:00", "expected_version": 1}
    said = words(desk.post(f"/series/{id}/move/preview", **change))
    assert "mer. 16 déc., 15:00" in said
    assert "Déplacer 2 rendez-vous" in said
    assert desk.post(f"/series/{id}/move", **change).status_code == 303
    assert starts(desk, id) == ["01.12. 10:00", "08.12. 10:00", "16.12. 15:00", "23.12. 15:00"]
    assert "modifié entre-temps" in words(desk.post(f"/series/{id}/move", **change))


def test_a_move_shows_who_is_there_and_leaves_that_one_where_it_is(desk: Desk, client: UUID):
    id = planned(desk, client)
    desk.house.book(at(15, days=21), client_id=desk.house.client("Éric", "Fournier"))
    answer = desk.post(f"/series/{id}/move/preview", time="15:00")
    assert "Créneau déjà pris par Éric Fournier" in words(answer)
    assert desk.post(f"/series/{id}/move", time="15:00").status_code == 409
    value = chosen(answer, week(2))["Le laisser à sa place"]
    assert desk.post(f"/series/{id}/move", time="15:00", **{f"choice-{week(2)}": value}).status_code == 303
    assert starts(desk, id) == ["01.12. 15:00", "08.12. 15:00", "15.12. 10:00", "22.12. 15:00"]


def test_the_page_names_what_was_changed_alone_and_asks_whether_to_include_it(desk: Desk, client: UUID):
    id = planned(desk, client)
    move_appointment(desk.house.store, occurrence_id(id, week(1)), at(16, days=14), by=desk.house.by())
    assert "modifié seul" in desk.text(f"/series/{id}")
    said = desk.text(f"/series/{id}/move")
    assert "1 rendez-vous a été modifié seul et reste tel quel : mar. 8 déc., 16:00" in said
    desk.post(f"/series/{id}/move", time="11:00", includes_exceptions="1")
    assert starts(desk, id) == ["01.12. 11:00", "08.12. 11:00", "15.12. 11:00", "22.12. 11:00"]


def test_a_series_grows_and_shrinks_after_its_dates_were_shown(desk: Desk, client: UUID):
    id = planned(desk, client)
    assert "mar. 5 janv. 2027, 10:00" in desk.text(f"/series/{id}/end", count=6)
    desk.post(f"/series/{id}/end", count=6)
    assert len(starts(desk, id)) == 6
    assert "4 rendez-vous seront annulés" in desk.text(f"/series/{id}/end", until_on="2026-12-09")
    desk.post(f"/series/{id}/end", until_on="2026-12-09")
    assert starts(desk, id) == ["01.12. 10:00", "08.12. 10:00"]


def test_what_will_be_cancelled_is_listed_first(desk: Desk, client: UUID):
    id = planned(desk, client)
    said = desk.text(f"/series/{id}/cancel", from_on=week(2))
    assert "Annuler 2 rendez-vous" in said
    assert "mar. 15 déc., 10:00" in said
    desk.post(f"/series/{id}/cancel", from_on=week(2), reason="Déménage")
    said = desk.text(f"/series/{id}")
    assert "2 rendez-vous annulés." in said
    assert "« Déménage »" in said
    assert "Rétablir 2 rendez-vous" in said


def test_a_note_is_written_for_all_to_come(desk: Desk, client: UUID):
    id = planned(desk, client)
    desk.post(f"/series/{id}/edit", note="Salle du fond")
    assert "Salle du fond" in desk.text(f"/appointments/{occurrence_id(id, week(3))}")


def test_the_history_tells_the_series_in_one_sentence(desk: Desk, client: UUID):
    id = planned(desk, client)
    desk.post(f"/series/{id}/move", days=1, time="15:00", resource_id=desk.house.karim)
    said = desk.text(f"/series/{id}")
    assert "Série planifiée toutes les semaines, le mardi, 4 fois, 10:00, Massage, Claire Moreau" in said
    assert "Série déplacée" in said
    assert "récurrence toutes les semaines, le mardi, 4 fois toutes les semaines, le mercredi, 4 fois" in said
    assert "Claire Moreau Karim Benali" in said
    assert f'href="/series/{id}"' in desk.get("/history").get_data(as_text=True)


def test_who_may_only_read_sees_the_series_and_changes_nothing(desk: Desk, client: UUID):
    id = planned(desk, client)
    desk.visitor.post("/sign-out")
    viewer = uuid4()
    desk.house.hire("viewer", f"{viewer}@exemple.fr", "Luc Petit", password=PASSWORD)
    desk.visitor.post("/sign-in", data={"email": f"{viewer}@exemple.fr", "password": PASSWORD})
    said = desk.text(f"/series/{id}")
    assert "4 rendez-vous" in said
    assert "Annuler tous ceux à venir" not in said
    assert desk.post(f"/series/{id}/cancel").status_code == 403
    assert len(starts(desk, id)) == 4


@pytest.mark.parametrize("path", ["", "/move", "/end", "/cancel"])
def test_a_series_that_is_none_is_not_found(desk: Desk, path: str):
    assert desk.get(f"/series/{uuid4()}{path}").status_code == 404


def test_hours_that_change_leave_the_series_where_it_is(desk: Desk, client: UUID):
    id = planned(desk, client)
    set_hours(desk.house.store, desk.house.claire, office_hours(0), by=desk.house.by())
    assert len(starts(desk, id)) == 4
