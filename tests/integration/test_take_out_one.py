"""All that a house holds about one client is handed over, and it is written down who took it."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.asking import add_question
from booking.commands import cancel_appointment, edit_appointment
from clients.commands import add_client_field, add_client_note, edit_client, merge_clients
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


@pytest.fixture
def zoe(desk: Desk) -> UUID:
    """A client of whom the house knows a lot."""
    house, by, own = desk.house, desk.house.by(), uuid4()
    add_client_field(house.store, own, label="Mutuelle", by=by)
    id = house.client("Zoé", "Rousseau", phone="0699887766", email="zoe@exemple.fr")
    edit_client(house.store, id, {"town": "Lyon", "custom": {str(own): "MGEN"}}, by=by)
    add_client_note(house.store, id, uuid4(), "Aime la lumière douce", by=by)
    return id


@pytest.fixture
def visits(desk: Desk, zoe: UUID) -> list[UUID]:
    house, by, asked = desk.house, desk.house.by(), uuid4()
    shape = {"wording": "Des allergies ?", "kind": "text", "choices": []}
    add_question(house.store, asked, house.massage, **shape, by=by)
    first = house.book(at(9), client_id=zoe, note="Prévoir la grande table")
    answers = json.dumps([{"question_id": str(asked), "wording": "Des allergies ?", "kind": "text", "value": "Noix"}])
    edit_appointment(house.store, first, words={"answers": answers}, by=by)
    second = house.book(at(14), client_id=zoe, resource=house.karim)
    cancel_appointment(house.store, second, reason="Grippe", by=by)
    return [first, second]


def taken(desk: Desk, id: UUID) -> dict[str, bytes]:
    answer = desk.post(f"/clients/{id}/export", key=uuid4())
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    with ZipFile(BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def held(desk: Desk, id: UUID) -> dict[str, Any]:
    return json.loads(taken(desk, id)["client.json"])


def test_everything_that_is_held_is_in_it(desk: Desk, zoe: UUID, visits: list[UUID]):
    found = held(desk, zoe)
    assert (found["client"]["first_name"], found["client"]["own_fields"]) == ("Zoé", {"Mutuelle": "MGEN"})
    assert [note["words"] for note in found["notes"]] == ["Aime la lumière douce"]
    assert [one["id"] for one in found["appointments"]] == [str(id) for id in visits]
    first, second = found["appointments"]
    assert first["answers"] == [{"question": "Des allergies ?", "answer": "Noix"}]
    assert (first["note"], first["services"], first["with"]) == (
        "Prévoir la grande table",
        ["Massage"],
        ["Claire Moreau"],
    )
    assert first["starts_at"] == "2026-11-24T09:00:00+01:00"
    assert second["status"] == "cancelled"
    assert [one["number"] for one in found["versions"]] == [2, 1]
    assert {line["name"] for line in found["history"]} >= {"ClientAdded", "AppointmentBooked", "AppointmentCancelled"}
    assert "Grippe" in {line["reason"] for line in found["history"]}


def test_people_read_the_same(desk: Desk, zoe: UUID, visits: list[UUID]):
    page = taken(desk, zoe)["client.html"].decode()
    for said in ("Zoé Rousseau", "+33699887766", "MGEN", "Aime la lumière douce", "Noix", "Annulé", "Sonia Marchetti"):
        assert said in page, said
    assert "<script" not in page


def test_what_people_wrote_is_no_markup(desk: Desk, zoe: UUID):
    add_client_note(desk.house.store, zoe, uuid4(), "<script>alert(1)</script>", by=desk.house.by())
    assert b"<script>" not in taken(desk, zoe)["client.html"]


def test_what_was_merged_in_goes_with_it(desk: Desk, zoe: UUID):
    twin = desk.house.client("Zoe", "Roussau", phone="0102030405")
    merge_clients(desk.house.store, zoe, twin, by=desk.house.by())
    found = held(desk, zoe)
    assert [one["phone"] for one in found["merged_files"]] == ["+33102030405"]


def test_it_is_written_down_who_took_whose(desk: Desk, zoe: UUID):
    taken(desk, zoe)
    rows = desk.house.rows("SELECT state::json->>'client_id' FROM events WHERE name = 'ClientsExported'")
    assert rows == [(str(zoe),)]
    assert "exportées" in desk.text(f"/clients/{zoe}/history")


def test_visits_out_of_sight_stay_there(desk: Desk, zoe: UUID, visits: list[UUID]):
    email = f"{uuid4()}@exemple.fr"
    id = uuid4()
    desk.house.hire("secretary", email, "Nadia Petit", id=id)
    grants = Grants(sees=(desk.house.claire,), given=("clients.export",))
    change_member_grants(desk.house.store, id, grants, by=desk.house.by())
    desk.visitor = desk.app.test_client()
    desk.sign_in(email)
    found = held(desk, zoe)
    assert [one["id"] for one in found["appointments"]] == [str(visits[0])]
    assert str(visits[1]) not in json.dumps(found)


def test_a_visit_is_booked_again_from_the_file(desk: Desk, zoe: UUID, visits: list[UUID]):
    page = desk.get(f"/clients/{zoe}").get_data(as_text=True)
    assert f"service={desk.house.massage}" in page
    form = desk.get("/appointments/new", client=zoe, service=desk.house.massage, resource=desk.house.claire)
    html = form.get_data(as_text=True)
    for id in (zoe, desk.house.massage, desk.house.claire):
        assert f'value="{id}" selected' in html


def test_a_phone_in_the_list_is_called_by_a_tap(desk: Desk, zoe: UUID):
    assert 'href="tel:+33699887766"' in desk.get("/clients").get_data(as_text=True)


def test_somebody_unknown_is_not_there(desk: Desk):
    assert desk.post(f"/clients/{uuid4()}/export").status_code == 404
    assert "introuvable" in words(desk.get(f"/clients/{uuid4()}")).lower()
