"""Absences from the agenda: entered from a time, whoever is booked first shown and settled together, taken back."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.commands import cancel_absence, plan_absence
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import at
from web.formats import iso

TUESDAY = {"from_on": "2026-11-24", "is_whole_days": "1"}


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter()


def plan(desk: Desk, *people: UUID, htmx: bool = False, **facts: Any) -> TestResponse:
    resources = [str(id) for id in people or (desk.house.claire,)]
    return desk.post("/absences", htmx=htmx, **{"id": uuid4(), "key": uuid4(), "resources": resources} | facts)


def away(desk: Desk) -> list[tuple[UUID, Any, Any]]:
    desk.house.read_on()
    return desk.house.rows("SELECT resource_id, starts_at, ends_at FROM view_absences ORDER BY starts_at, resource_id")


def absent(desk: Desk, reason: str = "Formation") -> UUID:
    id = uuid4()
    plan_absence(desk.house.store, id, desk.house.claire, at(16), at(17), reason=reason, by=desk.house.by())
    return id


def stands_at(desk: Desk, id: UUID) -> tuple[str, Any, UUID]:
    desk.house.read_on()
    query = "SELECT status, starts_at, resource_id FROM view_visits WHERE appointment_id = %s"
    return desk.house.rows(query, id)[0]


def options(page: TestResponse, id: UUID) -> list[str]:
    """What may be chosen for one appointment, as the form would send it."""
    select = re.search(rf'name="choice-{id}">(.*?)</select>', page.get_data(as_text=True), re.DOTALL)[1]
    return [unescape(value) for value in re.findall(r'value="([^"]*)"', select)]


def take_back(desk: Desk, page: str, id: UUID) -> None:
    """As the button beside an appointment does on the page that says what became of each."""
    action, inside = re.search(rf'action="(/appointments/{id}/[^"]+)">(.*?)</form>', page, re.DOTALL).groups()
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', inside):
        fields.setdefault(name, []).append(unescape(value))
    assert desk.post(action, **fields).status_code == 303


def foreseen(desk: Desk, *people: UUID, **facts: Any) -> TestResponse:
    answer = plan(desk, *people, **facts)
    assert answer.status_code == 303
    assert "/absences/foresee?" in answer.location
    return desk.get(answer.location)


# From the agenda


def test_an_empty_time_offers_an_absence(desk: Desk):
    here = {"resource": desk.house.claire, "at": iso(at(15))}
    assert "/absences/new?resource=" in desk.get("/appointments/new", htmx=True, **here).get_data(as_text=True)
    page = desk.get("/absences/new", htmx=True, until=iso(at(16, 30)), **here).get_data(as_text=True)
    assert 'value="15:00"' in page
    assert 'value="16:30"' in page
    assert "Extérieur" in page


def test_without_a_time_it_is_a_page_for_whole_days(desk: Desk):
    page = desk.text("/absences/new")
    assert "Nouvelle absence" in page
    assert "Karim Benali" in page


def test_where_nobody_is_booked_the_time_is_blocked_at_once(desk: Desk):
    facts = {"kind": "break", "from_on": "2026-11-24", "from_time": "15:00", "until_time": "15:30"}
    answer = plan(desk, htmx=True, **facts)
    assert "Claire Moreau : absence notée, Pause." in words(answer)
    assert away(desk) == [(desk.house.claire, at(15), at(15, 30))]
    assert "Pause" in desk.text("/agenda/2026-11-24")
    undo = re.search(r'action="(/absences/take-back[^"]*)"', answer.get_data(as_text=True))[1]
    desk.post(unescape(undo))
    assert away(desk) == []


def test_several_people_are_away_for_days_whoever_was_away_already(desk: Desk):
    absent(desk)
    plan(desk, desk.house.claire, desk.house.karim, kind="leave", until_on="2026-11-26", **TUESDAY)
    spans = [(id, begins, ends) for id, begins, ends in away(desk) if begins == at(0)]
    assert spans == [(id, at(0), at(0, days=3)) for id in sorted([desk.house.claire, desk.house.karim])]


def test_a_room_takes_nobody_and_who_stands_in_it_is_settled_first(desk: Desk):
    room, page = desk.house.room, words(desk.get("/absences/new"))
    assert page.index("Karim Benali") < page.index("Salle 1")
    booked = desk.house.book(at(15), desk.house.check_up)
    facts = {"words": "Travaux", "from_on": "2026-11-24", "from_time": "14:00", "until_time": "16:00"}
    own = next(value for value in options(foreseen(desk, room, **facts), booked) if value.startswith("move"))
    said = words(plan(desk, room, is_foreseen="1", **facts, **{f"choice-{booked}": own}))
    assert "Salle 1 : absence notée, Travaux." in said
    assert away(desk) == [(room, at(14), at(16))]
    assert desk.house.rows("SELECT starts_at FROM view_visits WHERE appointment_id = %s", booked) == [(at(16),)]


def test_alone_one_is_not_away_twice(desk: Desk):
    absent(desk)
    answer = plan(desk, **TUESDAY)
    assert answer.status_code == 409
    assert "Une autre absence couvre déjà" in words(answer)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"from_on": "2026-11-24"},
        {"from_on": "2026-11-24", "until_on": "2026-11-23", "is_whole_days": "1"},
        {"from_on": "2026-11-24", "until_on": "2028-11-23", "is_whole_days": "1"},
        {"from_on": "9999-12-31", "is_whole_days": "1"},
        {"from_on": "2026-11-24", "from_time": "10:00", "until_time": "10:00"},
        TUESDAY | {"kind": "strike"},
    ],
)
def test_a_stretch_that_is_none_is_refused(desk: Desk, facts: dict):
    assert plan(desk, **facts).status_code == 422
    assert away(desk) == []


# Who is booked then


def test_whoever_is_booked_is_listed_first_with_their_phone(desk: Desk):
    desk.house.book(at(15), client_id=desk.house.client("Zoé", "Noël", phone="0612345678"))
    page = words(foreseen(desk, **TUESDAY))
    assert "1 rendez-vous est déjà pris" in page
    assert "Zoé Noël" in page
    assert "06 12 34 56 78" in page
    assert away(desk) == []


def test_each_is_kept_moved_or_cancelled_in_one_sending(desk: Desk):
    kept, moved, given, gone = (desk.house.book(at(hour)) for hour in (14, 15, 16, 17))
    page = foreseen(desk, **TUESDAY)
    own, other = ([value for value in options(page, id) if value.startswith("move")] for id in (moved, given))
    chosen = {f"choice-{moved}": own[0], f"choice-{given}": other[1], f"choice-{gone}": "cancel"}
    said = words(plan(desk, is_foreseen="1", reason="malade", **chosen, **TUESDAY))
    assert away(desk) == [(desk.house.claire, at(0), at(0, days=1))]
    assert "gardé tel quel" in said
    assert stands_at(desk, kept) == ("booked", at(14), desk.house.claire)
    assert stands_at(desk, moved) == ("booked", at(10, days=1), desk.house.claire)
    assert stands_at(desk, given) == ("booked", at(16), desk.house.karim)
    assert stands_at(desk, gone)[0] == "cancelled"


def test_all_are_moved_at_once_and_no_two_to_one_time(desk: Desk):
    ids = [desk.house.book(at(hour)) for hour in (14, 15, 16)]
    plan(desk, is_foreseen="1", rest="own", **TUESDAY)
    assert [stands_at(desk, id)[1] for id in ids] == [at(9, days=1), at(10, days=1), at(11, days=1)]


def test_what_cannot_be_moved_says_why_and_the_rest_is_done(desk: Desk):
    late, gone = desk.house.book(at(15)), desk.house.book(at(16))
    page = foreseen(desk, **TUESDAY)
    wish = next(value for value in options(page, late) if value.startswith("move"))
    desk.house.book(at(9, days=1))
    said = words(plan(desk, is_foreseen="1", **{f"choice-{late}": wish, f"choice-{gone}": "cancel"}, **TUESDAY))
    assert "Il est resté où il était." in said
    assert stands_at(desk, late)[:2] == ("booked", at(15))
    assert stands_at(desk, gone)[0] == "cancelled"
    assert len(away(desk)) == 1


def test_what_became_of_each_is_taken_back_one_by_one(desk: Desk):
    moved, gone = desk.house.book(at(15)), desk.house.book(at(16))
    page = plan(desk, is_foreseen="1", rest="own", **{f"choice-{gone}": "cancel"}, **TUESDAY).get_data(as_text=True)
    for id in (moved, gone):
        take_back(desk, page, id)
    assert stands_at(desk, moved) == ("booked", at(15), desk.house.claire)
    assert stands_at(desk, gone)[:2] == ("booked", at(16))


def test_a_request_is_declined_and_what_is_over_is_left_out(desk: Desk):
    over = desk.house.book(at(9))
    asked = desk.house.book(at(15), status="requested", by=desk.house.by(at=MOMENT))
    page = plan(desk, is_foreseen="1", rest="cancel", **TUESDAY).get_data(as_text=True)
    assert stands_at(desk, asked)[0] == "declined"
    assert stands_at(desk, over)[0] == "booked"
    take_back(desk, page, asked)
    assert stands_at(desk, asked)[0] == "requested"


@pytest.mark.parametrize("choice", ["burn", "move", "move x y", "move 2026-11-25T09:00:00Z", "keep on"])
def test_a_choice_that_no_page_offered_is_refused(desk: Desk, choice: str):
    id = desk.house.book(at(15))
    assert plan(desk, is_foreseen="1", **{f"choice-{id}": choice}, **TUESDAY).status_code == 422
    assert stands_at(desk, id)[:2] == ("booked", at(15))


# Its own panel


def test_hatched_time_leads_to_its_absence_and_its_history(desk: Desk):
    id = absent(desk)
    assert f'href="/absences/{id}"' in desk.get("/agenda/2026-11-24").get_data(as_text=True)
    for page in (desk.text(f"/absences/{id}"), words(desk.get(f"/absences/{id}", htmx=True))):
        assert "Claire Moreau" in page
        assert "Formation" in page
        assert "Absence posée" in page


def test_it_is_changed_and_made_as_it_was(desk: Desk):
    id = absent(desk)
    facts = {"from_on": "2026-11-25", "from_time": "09:00", "until_time": "10:00", "words": "Salon"}
    answer = desk.post(f"/absences/{id}/change", htmx=True, **facts)
    assert "Absence modifiée." in words(answer)
    assert "Salon" in words(answer)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.get_data(as_text=True).split("data-toast")[1]))
    desk.post(f"/absences/{id}/change", **{name: unescape(value) for name, value in fields.items()})
    assert away(desk) == [(desk.house.claire, at(16), at(17))]
    assert "Formation" in desk.text(f"/absences/{id}")


def test_a_change_that_covers_others_shows_them_first(desk: Desk):
    id, booked = absent(desk), desk.house.book(at(14))
    facts = {"from_on": "2026-11-24", "from_time": "14:00", "until_time": "17:00"}
    answer = desk.post(f"/absences/{id}/change", **facts)
    page = desk.get(answer.location).get_data(as_text=True)
    assert f'action="/absences/{id}/change"' in page
    assert f"choice-{booked}" in page
    assert away(desk) == [(desk.house.claire, at(16), at(17))]


def test_it_is_removed_and_put_back_with_its_reason(desk: Desk):
    id = absent(desk)
    assert "Absence retirée" in words(desk.post(f"/absences/{id}/remove", htmx=True))
    assert away(desk) == []
    assert "Absence rétablie" in words(desk.post(f"/absences/{id}/restore", htmx=True))
    assert away(desk) == [(desk.house.claire, at(16), at(17))]
    assert "Formation" in desk.text("/agenda/2026-11-24")
    assert desk.post(f"/absences/{id}/restore").status_code == 409


def test_one_whose_time_was_taken_over_in_between_stays_removed(desk: Desk):
    id, by = absent(desk), desk.house.by()
    cancel_absence(desk.house.store, id, by=by)
    plan_absence(desk.house.store, uuid4(), desk.house.claire, at(16, 30), at(18), by=by)
    assert desk.post(f"/absences/{id}/restore").status_code == 409


# Who may


def test_nobody_enters_an_absence_of_a_column_that_they_may_not(desk: Desk):
    grants = Grants(edits=(desk.house.karim,))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    assert plan(desk, desk.house.claire, **TUESDAY).status_code == 404
    assert "Claire Moreau" not in desk.text("/absences/new")
    assert desk.post(f"/absences/{absent(desk)}/remove").status_code == 403
    assert len(away(desk)) == 1


def test_an_absence_out_of_sight_is_not_there(desk: Desk):
    id = absent(desk)
    change_member_grants(desk.house.store, desk.house.member_id, Grants(sees=(desk.house.karim,)), by=desk.house.by())
    assert desk.get(f"/absences/{id}").status_code == 404
    assert "Formation" not in desk.text("/settings/absences")


# Ahead


def test_the_absences_and_closings_ahead_stand_by_date(desk: Desk):
    assert "Personne n’est absent, rien n’est fermé" in desk.text("/settings/absences")
    id = absent(desk)
    page = desk.text("/settings/absences")
    assert "Formation" in page
    assert "mar. 24 nov., 16:00 à 17:00" in page
    answer = desk.post(f"/absences/{id}/remove", listed="1")
    assert answer.location == "/settings/absences"
