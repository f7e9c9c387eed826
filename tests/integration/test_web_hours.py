"""The pages of hours: a week that is written, copied and taken back, dates that differ, and what falls outside."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.commands import open_place
from accounts.team.commands import add_member
from agenda.commands import set_hours
from agenda.hours import DatedHours, DatedPeriod, Hours, WeeklyPeriod
from agenda.queries import resource
from tests.browser.visitor import PASSWORD, Desk, open_desk, words
from tests.story import at, office_hours

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def hours(desk: Desk, id: UUID | None = None) -> Hours:
    return resource(desk.house.store, desk.house.id, id or desk.house.claire).hours


def path(desk: Desk, way: str = "", id: UUID | None = None) -> str:
    return f"/settings/hours/{id or desk.house.claire}{way}"


def rows(*some: tuple[Any, ...]) -> dict[str, list[Any]]:
    """Weekday, start, end, and perhaps place, from, until and weeks, as the form sends them."""
    names = ("weekday", "start", "end", "place_id", "from_on", "until_on", "every_weeks")
    filled = [(*row, *("", "", "", "1")[len(row) - 3 :]) for row in some]
    return {name: [row[place] for row in filled] for place, name in enumerate(names)}


def write(desk: Desk, *some: tuple[Any, ...], **facts: Any) -> TestResponse:
    return desk.post(path(desk), **rows(*some), **facts)


def practitioner(desk: Desk) -> FlaskClient:
    email, browser = f"{uuid4()}@exemple.fr", desk.app.test_client()
    person_id = desk.house.person("Claire Moreau", email, PASSWORD)
    facts = {"person_id": person_id, "name": "Claire Moreau", "email": email, "role": "practitioner"}
    add_member(desk.house.store, uuid4(), **facts, resource_id=desk.house.claire, by=desk.house.by())
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    return browser


def test_the_first_page_is_somebody_s_week(desk: Desk):
    assert "Semaine type de Claire Moreau" in desk.text("/settings/hours")
    page = desk.text(path(desk))
    assert "9:00–12:00" in page
    assert "14:00–18:00" in page


def test_several_periods_a_day_are_kept_as_written(desk: Desk):
    assert write(desk, (0, "08:00", "12:00"), (0, "13:00", "17:30"), (0, "", "")).status_code == 303
    assert hours(desk) == Hours([WeeklyPeriod(0, "08:00", "12:00"), WeeklyPeriod(0, "13:00", "17:30")])


def test_a_period_has_its_place_its_dates_and_its_rhythm(desk: Desk):
    annexe = uuid4()
    open_place(desk.house.store, annexe, name="Annexe", zone="Europe/Paris", country="FR", by=desk.house.by())
    write(desk, (2, "09:00", "12:00", str(annexe), "2026-12-02", "2027-03-31", "2"))
    wanted = WeeklyPeriod(2, "09:00", "12:00", annexe, date(2026, 12, 2), date(2027, 3, 31), 2)
    assert hours(desk).weekly == [wanted]
    assert "toutes les 2 semaines" in desk.text(path(desk))


def test_a_place_written_elsewhere_is_not_lost_on_the_page(desk: Desk):
    """Claire receives at one place only, and has hours at another."""
    annexe = uuid4()
    open_place(desk.house.store, annexe, name="Annexe", zone="Europe/Paris", country="FR", by=desk.house.by())
    there = Hours([WeeklyPeriod(2, "09:00", "12:00", annexe)])
    set_hours(desk.house.store, desk.house.claire, there, by=desk.house.by())
    assert f'<option value="{annexe}" selected>Annexe</option>' in desk.get(path(desk)).text


def test_a_night_and_a_whole_day_are_written_as_they_are(desk: Desk):
    write(desk, (4, "20:00", "02:00"), (6, "00:00", "00:00"))
    assert [(each.start, each.end) for each in hours(desk).weekly] == [("20:00", "02:00"), ("00:00", "24:00")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0, "09:00", ""), "besoin d’un début et d’une fin"),
        ((0, "09:00", "09:00"), "finit à l’heure où elle commence"),
        ((0, "nine", "12:00"), "pas valables"),
        ((0, "09:00", "12:00", "", "2026-12-02", "2026-12-01"), "pas valables"),
        ((0, "09:00", "12:00", "", "", "", "2"), "pas valables"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(desk: Desk, row: tuple[Any, ...], said: str):
    before = hours(desk)
    answer = write(desk, row)
    assert answer.status_code in (409, 422)
    assert said in words(answer)
    assert hours(desk) == before


def test_an_overlap_is_refused_with_its_day_and_its_times(desk: Desk):
    answer = write(desk, (1, "09:00", "12:00"), (1, "11:00", "14:00"))
    assert answer.status_code == 422
    assert "Le mardi, 9:00–12:00 et 11:00–14:00 se chevauchent." in words(answer)


def test_what_falls_outside_is_said_and_nothing_is_cancelled(desk: Desk):
    desk.house.book(at(15), client_id=desk.house.client("Gérard", "Millet"))
    write(desk, (1, "09:00", "12:00"))
    page = desk.text(path(desk))
    assert "1 rendez-vous sort de ces horaires. Rien n’est annulé." in page
    assert "Gérard Millet" in page
    assert [status for _, status in desk.booked()] == ["booked"]


def test_what_would_fall_outside_is_seen_before_it_is_kept(desk: Desk):
    desk.house.book(at(15))
    before = hours(desk)
    page = words(desk.post(path(desk, "/foresee"), **rows((1, "09:00", "12:00"))))
    assert "1 rendez-vous sort de ces horaires" in page
    assert "Pas encore enregistré" in page
    assert hours(desk) == before


def test_a_change_is_taken_back(desk: Desk):
    before = hours(desk)
    answer = desk.post(path(desk), htmx=True, **rows((0, "09:00", "12:00")))
    undo = dict(re.findall(r'name="(version|expected_version)" value="(\d+)"', answer.text))
    assert {*undo} == {"version", "expected_version"}
    assert hours(desk) != before
    assert "Annulé" in words(desk.post(path(desk, "/undo"), htmx=True, **undo))
    assert hours(desk) == before


def test_what_somebody_else_changed_since_is_not_taken_back(desk: Desk):
    seen = resource(desk.house.store, desk.house.id, desk.house.claire).version
    write(desk, (0, "09:00", "12:00"))
    set_hours(desk.house.store, desk.house.claire, office_hours(3), by=desk.house.by())
    answer = desk.post(path(desk, "/undo"), version=seen, expected_version=seen + 1)
    assert answer.status_code == 409
    assert hours(desk) == office_hours(3)


def test_a_day_is_copied_to_others(desk: Desk):
    write(desk, (0, "08:00", "10:00"), (1, "14:00", "18:00"))
    desk.post(path(desk, "/copy-day"), day=0, days=[1, 2])
    assert sorted((each.weekday, each.start) for each in hours(desk).weekly) == [
        (0, "08:00"),
        (1, "08:00"),
        (2, "08:00"),
    ]


def test_a_colleague_s_week_is_taken_over_and_dated_hours_stay(desk: Desk):
    store, by = desk.house.store, desk.house.by()
    set_hours(store, desk.house.karim, office_hours(3), by=by)
    set_hours(store, desk.house.claire, Hours(office_hours(0).weekly, [DatedHours(TUESDAY)]), by=by)
    desk.post(path(desk, "/copy-week"), resource_id=desk.house.karim)
    assert hours(desk) == Hours(office_hours(3).weekly, [DatedHours(TUESDAY)])


def test_one_date_has_its_own_hours_until_they_are_cleared(desk: Desk):
    on = TUESDAY + timedelta(7)
    desk.post(path(desk, "/days"), on=on, start=["10:00", ""], end=["11:00", ""], place_id=["", ""])
    assert hours(desk).dated == [DatedHours(on, [DatedPeriod("10:00", "11:00")])]
    assert "10:00–11:00" in desk.text(path(desk))
    desk.post(path(desk, f"/days/{on}/clear"))
    assert hours(desk).dated == []


def test_a_date_without_times_is_closed(desk: Desk):
    desk.post(path(desk, "/days"), on=TUESDAY, start=["", ""], end=["", ""], place_id=["", ""])
    assert hours(desk).dated == [DatedHours(TUESDAY)]


def test_a_period_that_is_over_is_not_shown_and_not_lost(desk: Desk):
    over = WeeklyPeriod(0, "06:00", "07:00", until_on=date(2026, 1, 31))
    set_hours(desk.house.store, desk.house.claire, Hours([over]), by=desk.house.by())
    assert "6:00–7:00" not in desk.text(path(desk))
    write(desk, (3, "09:00", "12:00"))
    assert hours(desk).weekly == [over, WeeklyPeriod(3, "09:00", "12:00")]


def test_a_practitioner_writes_the_own_hours_and_no_others(desk: Desk):
    theirs, other = practitioner(desk), path(desk, id=desk.house.karim)
    assert "Semaine type de Claire Moreau" in words(theirs.get("/settings/hours"))
    assert theirs.get(path(desk)).status_code == 200
    assert theirs.post(path(desk), data=rows((0, "09:00", "12:00"))).status_code == 303
    before = hours(desk, desk.house.karim)
    assert theirs.get(other).status_code == 404
    assert theirs.post(other, data=rows((0, "09:00", "12:00"))).status_code == 404
    assert hours(desk, desk.house.karim) == before


def test_a_week_that_changed_in_between_is_not_overwritten(desk: Desk):
    version = resource(desk.house.store, desk.house.id, desk.house.claire).version
    write(desk, (0, "09:00", "12:00"))
    assert write(desk, (0, "10:00", "12:00"), expected_version=version).status_code == 409
    assert hours(desk).weekly == [WeeklyPeriod(0, "09:00", "12:00")]


def last_version(page: str) -> str:
    return re.search(r'last-change".*?name="version" value="(\d+)"', page, re.DOTALL)[1]


def test_the_last_change_is_taken_back_long_after_its_message_is_gone(desk: Desk):
    write(desk, (0, "09:00", "12:00"))
    write(desk, (0, "10:00", "11:00"))
    page = desk.get(path(desk)).get_data(as_text=True)
    assert "Annuler le dernier changement" in words(desk.get(path(desk)))
    desk.post(path(desk, "/undo"), version=last_version(page), expected_version=version(desk))
    assert [(each.start, each.end) for each in hours(desk).weekly] == [("09:00", "12:00")]


def version(desk: Desk) -> int:
    return resource(desk.house.store, desk.house.id, desk.house.claire).version


def test_hours_that_were_never_changed_have_nothing_to_take_back(desk: Desk):
    assert "Annuler le dernier changement" not in desk.text(path(desk))


def test_what_falls_outside_is_shown_by_a_button_that_says_how_many(desk: Desk):
    desk.house.book(at(9, days=7), client_id=desk.house.client())
    write(desk, (1, "14:00", "18:00"))
    assert "Voir le rendez-vous" in desk.text(path(desk))


def test_absences_and_closed_dates_are_a_click_away(desk: Desk):
    page = desk.get(path(desk)).get_data(as_text=True)
    assert 'href="/settings/absences"' in page
    assert 'href="/settings/closures"' in page
