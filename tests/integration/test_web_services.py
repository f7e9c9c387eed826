"""The pages of services and of those who can be booked."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from agenda import queries
from agenda.commands import add_resource, change_service
from agenda.events import ServiceNeed
from agenda.resource import Resource
from agenda.service import Performer, Service
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def service(desk: Desk, id: UUID | None = None) -> Service:
    return queries.service(desk.house.store, desk.house.id, id or desk.house.massage)


def resource(desk: Desk, id: UUID | None = None) -> Resource:
    return queries.resource(desk.house.store, desk.house.id, id or desk.house.claire)


def names(desk: Desk) -> list[str]:
    return [each.name for each in queries.resources(desk.house.store, desk.house.id, "practitioner")]


def change(desk: Desk, id: UUID | None = None, **facts: Any) -> TestResponse:
    usual = {"name": "Massage", "duration_minutes": 60, "is_active": 1, "is_online": 1}
    return desk.post(f"/settings/services/{id or desk.house.massage}", **usual | facts)


def change_claire(desk: Desk, **facts: Any) -> TestResponse:
    usual = {"name": "Claire Moreau", "is_active": 1, "has_hours": 1, "capacity": 1}
    return desk.post(f"/settings/resources/{desk.house.claire}", **usual | facts)


def test_services_stand_under_their_categories(desk: Desk):
    change(desk, category="Détente")
    page = desk.text("/settings/services")
    assert "Détente" in page
    assert "Massage 1 h" in page


def test_a_service_is_added_with_its_length_and_its_price(desk: Desk):
    answer = desk.post("/settings/services", name="Réflexologie", duration_minutes=45, price_cents="52,50")
    added = service(desk, UUID(answer.location.rpartition("/")[2]))
    assert (added.name, added.duration_minutes, added.price_cents) == ("Réflexologie", 45, 5250)
    assert "personne ne la donne encore" in desk.text("/settings/services")


@pytest.mark.parametrize(("written", "cents"), [("50", 5000), ("1 250,5 €", 125050), ("", None), ("0", 0)])
def test_a_price_is_read_as_people_write_it(desk: Desk, written: str, cents: int | None):
    change(desk, price_cents=written)
    assert service(desk).price_cents == cents


@pytest.mark.parametrize("written", ["cher", "-5", "1,234", "NaN", "1e99"])
def test_what_is_no_price_is_refused(desk: Desk, written: str):
    assert change(desk, price_cents=written).status_code == 422
    assert service(desk).price_cents == 5000


def test_everything_of_a_service_is_changed_on_one_page(desk: Desk):
    wanted = {"before_minutes": 5, "after_minutes": 10, "interval_minutes": 15, "capacity": 2, "colour": "#0f7a4f"}
    wanted |= {"lead_minutes": 120, "horizon_days": 30, "notice_minutes": 1440, "description": "Au calme"}
    change(desk, **wanted)
    changed = service(desk)
    assert {name: getattr(changed, name) for name in wanted} == wanted
    change(desk)
    assert service(desk).lead_minutes is None


def test_a_service_needs_a_room_and_keeps_what_the_form_does_not_know(desk: Desk):
    aid = ServiceNeed("practitioner", resource_ids=[desk.house.karim])
    change_service(desk.house.store, desk.house.massage, needs=[aid], by=desk.house.by())
    change(desk, room_count=1, rooms=[desk.house.room])
    assert service(desk).needs == [aid, ServiceNeed("room", 1, [desk.house.room])]
    change(desk, room_count=0)
    assert service(desk).needs == [aid]


def test_a_service_is_no_longer_given_and_comes_back(desk: Desk):
    desk.post(f"/settings/services/{desk.house.massage}", name="Massage", duration_minutes=60)
    assert not service(desk).is_active
    assert "1 prestation n’est plus proposée" in desk.text("/settings/services")
    change(desk)
    assert service(desk).is_active


def test_each_performs_it_in_an_own_time_at_an_own_price(desk: Desk):
    ids = [desk.house.claire, desk.house.karim]
    rows = {"resource_id": ids, "duration_minutes": ["90", ""], "price_cents": ["70", ""]}
    path = f"/settings/services/{desk.house.massage}/performers"
    desk.post(path, performs=[desk.house.claire], **rows)
    assert service(desk).performers == [Performer(desk.house.claire, 90, 7000)]
    desk.post(path, performs=ids, **rows)
    assert {each.resource_id for each in service(desk).performers} == {*ids}


def test_a_length_that_no_service_can_have_is_refused(desk: Desk):
    assert change(desk, duration_minutes=0).status_code == 422
    assert service(desk).duration_minutes == 60


def test_what_changed_in_between_is_not_overwritten(desk: Desk):
    version = service(desk).version
    change(desk, name="Autre")
    assert change(desk, name="Encore", expected_version=version).status_code == 409
    assert service(desk).name == "Autre"


def test_somebody_is_added_and_stands_last(desk: Desk):
    desk.post("/settings/resources", kind="practitioner", name="Léa Fontaine", trade="Kinésithérapeute")
    assert names(desk)[-1] == "Léa Fontaine"
    assert "Léa Fontaine" in desk.text("/settings/resources")


def test_columns_are_put_in_another_order(desk: Desk):
    assert names(desk) == ["Claire Moreau", "Karim Benali"]
    desk.post(f"/settings/resources/{desk.house.karim}/earlier")
    assert names(desk) == ["Karim Benali", "Claire Moreau"]
    desk.post(f"/settings/resources/{desk.house.karim}/later")
    assert names(desk) == ["Claire Moreau", "Karim Benali"]


def test_the_first_does_not_move_further_to_the_front(desk: Desk):
    desk.post(f"/settings/resources/{desk.house.claire}/earlier")
    assert names(desk) == ["Claire Moreau", "Karim Benali"]


def test_a_resource_has_its_limits_its_colour_and_its_places(desk: Desk):
    change_claire(desk, max_per_day=8, colour="#7a3fae", capacity=2, place_ids=[desk.house.place_id])
    claire = resource(desk)
    assert (claire.max_per_day, claire.colour, claire.capacity) == (8, "#7a3fae", 2)
    assert claire.place_ids == [desk.house.place_id]


def test_a_new_name_is_shown_and_the_same_name_is_no_change(desk: Desk):
    before = resource(desk).name_id
    change_claire(desk, colour="#7a3fae")
    assert resource(desk).name_id == before
    change_claire(desk, name="Claire Martin")
    assert "Claire Martin" in names(desk)


def test_who_is_no_longer_there_keeps_the_appointments_and_may_come_back(desk: Desk):
    desk.house.book(at(15))
    assert "1 rendez-vous est à venir" in desk.text(f"/settings/resources/{desk.house.claire}")
    desk.post(f"/settings/resources/{desk.house.claire}", name="Claire Moreau", capacity=1)
    assert names(desk) == ["Karim Benali"]
    assert [status for _, status in desk.booked()] == ["booked"]
    assert desk.get(f"/settings/resources/{desk.house.claire}").status_code == 200
    change_claire(desk)
    assert names(desk) == ["Claire Moreau", "Karim Benali"]


def test_a_machine_is_no_person(desk: Desk):
    id = uuid4()
    add_resource(desk.house.store, id, kind="machine", name="Table Huber", by=desk.house.by())
    page = words(desk.get("/settings/resources"))
    assert page.index("Personnes qui reçoivent") < page.index("Machines") < page.index("Table Huber")
