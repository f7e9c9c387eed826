"""The support: who comes in, what it sees and changes, what the house learns of it, and how it ends."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.people.second_factor import turn_off_second_factor
from accounts.support.queries import accesses
from accounts.support.staff import dismiss_support_staff, name_support_staff
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.integration.cast import staff_act
from tests.people import Somebody
from tests.story import at
from web import visit

LOOKS = "SELECT changes FROM view_history WHERE name = 'SupportPageSeen' ORDER BY position"
REASON = "La ligne des créneaux ne s’affiche pas"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


class Staff:
    """Somebody of the support at a computer of their own."""

    def __init__(self, desk: Desk, *, is_named: bool = True, has_codes: bool = True):
        self.desk, self.person = desk, Somebody(desk.house.store, MOMENT)
        if is_named:
            name_support_staff(desk.house.store, by=staff_act(self.person))
        if has_codes:
            self.person.turn_on_codes()
        self.browser: FlaskClient = desk.app.test_client()
        with self.browser.session_transaction() as session:
            session["token"] = self.person.open_session()

    def come_in(self, **facts: Any) -> TestResponse:
        given = {"organisation": self.desk.house.id, "reason": REASON, "hours": 2}
        return self.browser.post("/support", data=given | facts)

    def get(self, path: str) -> TestResponse:
        self.desk.house.read_on()
        return self.browser.get(path)


def pages_seen(desk: Desk) -> list[str]:
    desk.house.read_on()
    rows = desk.house.rows(LOOKS)
    return [new for (changes,) in rows for field, _, new in json.loads(changes) if field == "page"]


def access_of(desk: Desk) -> Any:
    (one,) = accesses(desk.house.store, desk.house.id, MOMENT)
    return one


def settle(desk: Desk, deed: str) -> TestResponse:
    return desk.post(f"/settings/access/support/{access_of(desk).id}/{deed}")


def test_the_page_of_the_support_is_nobody_else_s(desk: Desk):
    assert desk.get("/support").status_code == 404
    assert desk.post("/support", organisation=desk.house.id, reason=REASON).status_code == 404
    assert Staff(desk, is_named=False).get("/support").status_code == 404


def test_the_support_itself_needs_a_second_factor(desk: Desk):
    bare = Staff(desk, has_codes=False)
    assert bare.get("/support").status_code == 403
    assert bare.come_in().status_code == 403
    assert Staff(desk).get("/support").status_code == 200


def test_the_house_reads_who_came_in_why_and_until_when(desk: Desk):
    staff = Staff(desk)
    assert staff.come_in(reason="").status_code == 422
    assert staff.come_in(hours=9).status_code == 422
    assert staff.come_in().location == "/"
    assert "Accès du support à Les Tilleuls. L’organisation voit chaque page ouverte." in words(
        staff.get("/agenda/2026-11-24")
    )
    assert REASON in desk.text("/settings/access")
    told = desk.text("/history")
    assert "Accès du support ouvert" in told
    assert REASON in told


def test_each_page_that_the_support_sees_is_in_the_history_and_none_that_it_is_refused(desk: Desk):
    staff, emilie = Staff(desk), desk.house.client()
    staff.come_in()
    assert staff.get("/agenda/2026-11-24").status_code == 200
    assert staff.get(f"/clients/{emilie}").status_code == 200
    assert staff.get("/settings/tokens").status_code == 403
    assert staff.get(f"/clients/{UUID(int=1)}").status_code == 404
    assert pages_seen(desk) == ["desk.day", "files.file"]


def test_a_day_that_is_drawn_again_is_seen_again(desk: Desk):
    """The page's own script asks for changes; whoever asks without a page sees them all the same."""
    staff = Staff(desk)
    staff.come_in()
    redrawn = staff.get("/agenda/2026-11-24/changes")
    assert redrawn.status_code == 200
    assert pages_seen(desk) == ["desk.changes"]
    mark = redrawn.text.partition('data-mark="')[2].partition('"')[0]
    assert staff.get(f"/agenda/2026-11-24/changes?mark={mark}").status_code == 204
    assert pages_seen(desk) == ["desk.changes"]


def test_the_support_changes_what_the_owner_lets_it_from_the_next_click(desk: Desk):
    staff, emilie = Staff(desk), desk.house.client()
    staff.come_in()
    facts = {"client_id": emilie, "service_id": desk.house.massage, "resource_id": desk.house.claire}
    facts |= {"id": UUID(int=7), "starts_at": at(14).isoformat()}
    assert staff.browser.post("/appointments", data=facts).status_code == 403
    assert settle(desk, "allow").status_code == 303
    assert staff.browser.post("/appointments", data=facts).status_code == 303
    desk.house.read_on()
    rows = desk.house.rows("SELECT actor, origin FROM view_history WHERE stream_id = %s", UUID(int=7))
    assert rows == [(f"support/{staff.person.id}", "support")]
    assert staff.browser.post(f"/clients/{emilie}/archive").status_code == 403


def test_the_owner_ends_an_access_and_nothing_more_is_shown(desk: Desk):
    staff = Staff(desk)
    staff.come_in()
    assert staff.get("/clients").status_code == 200
    assert settle(desk, "end").status_code == 303
    assert staff.get("/clients").location == "/organisations"
    assert not access_of(desk).is_good


def test_whoever_leaves_the_support_is_out_at_once(desk: Desk):
    staff = Staff(desk)
    staff.come_in()
    dismiss_support_staff(desk.house.store, by=staff_act(staff.person))
    assert staff.get("/clients").location == "/organisations"
    assert staff.get("/support").status_code == 404


def test_a_second_factor_that_is_turned_off_ends_the_access_at_the_next_click(desk: Desk):
    staff = Staff(desk)
    staff.come_in()
    assert staff.get("/clients").status_code == 200
    turn_off_second_factor(desk.house.store, by=staff.person.by())
    assert staff.get("/clients").location == "/organisations"
    seen = pages_seen(desk)
    assert staff.get("/settings").location == "/organisations"
    assert pages_seen(desk) == seen


def test_the_support_leaves_by_itself(desk: Desk):
    staff = Staff(desk)
    staff.come_in()
    assert staff.browser.post("/support/leave").location == "/support"
    assert staff.get("/clients").location == "/organisations"
    assert not access_of(desk).is_good
    assert "Accès du support terminé" in desk.text("/history")


def test_an_access_is_over_when_its_time_is(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    staff = Staff(desk)
    staff.come_in(hours=1)
    monkeypatch.setattr(visit, "now", lambda: MOMENT + timedelta(minutes=59))
    assert staff.get("/clients").status_code == 200
    monkeypatch.setattr(visit, "now", lambda: MOMENT + timedelta(minutes=60))
    assert staff.get("/clients").location == "/organisations"


@pytest.mark.parametrize("role", ["manager", "secretary", "practitioner", "viewer"])
def test_nobody_but_an_owner_settles_an_access(desk: Desk, role: str):
    Staff(desk).come_in()
    email = f"{role}-{desk.house.id}@exemple.fr"
    desk.house.hire(role, email)
    desk.visitor = desk.app.test_client()
    desk.sign_in(email)
    assert settle(desk, "allow").status_code == settle(desk, "end").status_code == 403
    assert access_of(desk).is_good
