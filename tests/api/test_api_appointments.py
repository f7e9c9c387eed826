"""A program books, reads, moves, settles and undoes."""

from uuid import uuid4

import pytest

from booking.commands import cancel_appointment
from tests.api.program import Program, code
from tests.story import at

TEN, ELEVEN, LUNCH = "2026-11-24T10:00:00+01:00", "2026-11-24T11:00:00+01:00", "2026-11-24T12:30:00+01:00"


def test_a_slot_that_is_shown_is_booked_moved_and_cancelled(program: Program):
    asked = {"service_id": program.house.massage, "resource_id": program.house.claire}
    slot = program.get("/slots", **asked, **{"from": "2026-11-24", "to": "2026-11-24"})["items"][1]
    assert (slot["starts_at"], slot["zone"]) == (TEN, "Europe/Paris")
    made = program.book(slot["starts_at"], program.house.client())
    assert made.status_code == 201
    id = made.json["id"]
    moved = program.post(f"/appointments/{id}/move", {"starts_at": ELEVEN})
    assert (moved.json["starts_at"], moved.json["version"]) == (ELEVEN, 2)
    ended = program.post(f"/appointments/{id}/cancel", {"is_by_client": True, "reason": "Grippe"})
    assert (ended.json["status"], ended.json["is_by_client"]) == ("cancelled", True)
    assert program.post(f"/appointments/{id}/restore").json["status"] == "booked"


def test_two_never_hold_one_time(program: Program):
    assert program.book(TEN).status_code == 201
    refused = program.book(TEN)
    assert code(refused) == (409, "time_not_free")
    assert refused.content_type == "application/problem+json"
    assert refused.json["rules"] == ["taken"]
    assert refused.json["facts"]["taken_by"]


def test_the_desk_sets_a_rule_aside_with_a_reason_and_others_do_not(program: Program):
    assert code(program.book(LUNCH)) == (422, "outside_hours")
    aside = {"override": ["outside_hours"]}
    assert code(program.book(LUNCH, body=aside)) == (422, "reason_missing")
    assert program.book(LUNCH, body=aside | {"reason": "Urgence"}).status_code == 201
    site = Program(program.house, program.app, ("appointments:read", "appointments:write"))
    assert code(site.book(ELEVEN, body=aside | {"reason": "Urgence"})) == (403, "override_not_allowed")


def test_a_token_without_the_desk_books_as_clients_do(program: Program):
    site = Program(program.house, program.app, ("appointments:read", "appointments:write"))
    assert code(site.book("2026-11-24T10:07:00+01:00")) == (422, "not_on_grid")
    assert code(program.book("2026-11-24T10:07:00+01:00", body={"online": True})) == (422, "not_on_grid")
    assert program.book("2026-11-24T10:07:00+01:00").status_code == 201


def test_the_same_key_is_one_booking_and_the_same_answer(program: Program):
    first = program.book(TEN, Idempotency_Key="k1")
    program.post(f"/appointments/{first.json['id']}/arrive")
    again = program.book(TEN, Idempotency_Key="k1")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Carnet-Position"] == first.headers["Carnet-Position"]
    assert code(program.book(ELEVEN, Idempotency_Key="k1")) == (409, "key_used_differently")
    other = Program(program.house, program.app)
    assert other.book(ELEVEN, Idempotency_Key="k1").status_code == 201


def test_who_saw_an_older_version_changes_nothing(program: Program):
    made = program.book(TEN)
    path = f"/appointments/{made.json['id']}"
    assert made.headers["ETag"] == '"1"'
    assert program.call("PATCH", path, {"note": "Oui"}, If_Match='"1"').headers["ETag"] == '"2"'
    assert code(program.call("PATCH", path, {"note": "Non"}, If_Match='"1"')) == (412, "version_changed")
    assert program.get(path)["note"] == "Oui"
    assert code(program.post(f"{path}/arrive", If_Match="hier")) == (400, "version_not_valid")


def test_pages_of_appointments_go_on_where_the_last_one_ended(program: Program):
    ids = [program.book(f"2026-11-24T{hour}:00:00+01:00").json["id"] for hour in ("09", "10", "11", "14", "15")]
    first = program.get("/appointments", limit=2)
    second = program.get("/appointments", limit=2, cursor=first["next"])
    third = program.get("/appointments", limit=2, cursor=second["next"])
    assert [one["id"] for page in (first, second, third) for one in page["items"]] == ids
    assert third["next"] is None
    assert code(program.call("GET", "/appointments?cursor=abc")) == (422, "not_valid")


def test_appointments_are_found_by_day_client_resource_service_and_state(program: Program):
    client = program.house.client()
    id = program.book(TEN, client).json["id"]
    other = program.house.book(at(10), program.house.check_up, program.house.karim)
    cancel_appointment(program.house.store, other, by=program.house.by())

    def found(**asked: object) -> list[str]:
        return [one["id"] for one in program.get("/appointments", **asked)["items"]]

    assert found(client_id=client) == found(resource_id=program.house.claire) == found(status="booked") == [id]
    assert found(service_id=program.house.check_up) == found(status=["cancelled", "missed"]) == [str(other)]
    assert found(**{"from": "2026-11-25"}) == found(to="2026-11-23") == []
    assert set(found(**{"from": "2026-11-24", "to": "2026-11-24"})) == {id, str(other)}


def test_words_are_written_and_taken_away(program: Program):
    made = program.book(TEN, body={"note": "Porte du fond\x00", "location": "Chez lui"}).json
    assert (made["note"], made["location"]) == ("Porte du fond", "Chez lui")
    edited = program.call("PATCH", f"/appointments/{made['id']}", {"note": "", "price_cents": 4200}).json
    assert (edited["note"], edited["location"], edited["price_cents"]) == ("", "Chez lui", 4200)


def test_a_request_waits_and_is_settled(program: Program):
    id = program.book(TEN, body={"status": "requested"}).json["id"]
    assert code(program.post(f"/appointments/{id}/confirm")) == (409, "not_waiting")
    assert program.post(f"/appointments/{id}/approve").json["status"] == "booked"
    assert program.post(f"/appointments/{id}/arrive").json["status"] == "arrived"
    assert program.post(f"/appointments/{id}/reopen").json["status"] == "booked"
    assert code(program.post(f"/appointments/{id}/miss")) == (422, "not_over")


def test_a_hold_becomes_an_appointment(program: Program):
    wanted = [{"service_id": str(program.house.massage), "resource_ids": [str(program.house.claire)]}]
    held = program.post("/holds", {"starts_at": TEN, "services": wanted})
    assert held.status_code == 201
    assert code(program.book(TEN)) == (409, "time_not_free")
    assert program.book(TEN, body={"hold_id": held.json["id"]}).status_code == 201
    assert program.get(f"/holds/{held.json['id']}")["is_over"]
    assert code(program.call("DELETE", f"/holds/{held.json['id']}")) == (409, "hold_over")


def test_why_a_start_is_not_offered(program: Program):
    program.book(TEN)
    asked = {"service_id": program.house.massage, "resource_id": program.house.claire}
    day = {"from": "2026-11-24", "to": "2026-11-24"}
    refused = program.get("/slots/refused", **asked, **day)["items"]
    taken = next(one for one in refused if one["starts_at"] == TEN)
    assert [reason["code"] for reason in taken["reasons"]] == ["taken"]
    assert taken["reasons"][0]["facts"]["start_at"] == TEN
    assert program.get("/slots/days", **asked, **day)["items"] == [{"on": "2026-11-24", "starts": 6}]
    assert program.get("/slots/first", **asked, after=ELEVEN)["slot"]["starts_at"] == ELEVEN


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"starts_at": "demain"}, "starts_at"),
        ({"starts_at": "2026-11-24T10:00:00"}, "starts_at"),
        ({"starts_at": "9999-11-24T10:00:00Z"}, "starts_at"),
        ({"services": []}, "services"),
        ({"services": [{"service_id": "massage"}]}, "services"),
        ({"price_cents": -1}, "price_cents"),
        ({"price_cents": 1.5}, "price_cents"),
        ({"note": "x" * 4001}, "note"),
        ({"override": ["gravity"]}, "override"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_cannot_be_read_is_named(program: Program, body: dict, field: str):
    refused = program.book(TEN, body=body)
    assert code(refused) == (422, "not_valid")
    assert list(refused.json["errors"]["json"]) == [field]


def test_what_is_of_another_kind_or_house_is_not_found(program: Program, house):
    stranger = program.book(TEN).json["id"]
    elsewhere = Program(type(house)(house.store), program.app)
    for path in (f"/appointments/{stranger}", f"/appointments/{uuid4()}", f"/appointments/{elsewhere.house.claire}"):
        assert code(elsewhere.call("GET", path)) == (404, "not_found")
        assert code(elsewhere.post(f"{path}/cancel")) == (404, "not_found")
    assert code(program.call("GET", f"/absences/{stranger}")) == (404, "not_found")
    assert code(program.call("DELETE", f"/absences/{stranger}")) == (404, "not_found")


def test_a_day_is_read_as_the_desk_sees_it(program: Program):
    id = program.book(TEN, program.house.client()).json["id"]
    day = program.get("/days/2026-11-24")
    assert [column["name"] for column in day["columns"]] == ["Claire Moreau", "Karim Benali"]
    (line,) = day["columns"][0]["appointments"]
    assert (line["appointment_id"], line["starts_at"], line["client_name"]) == (id, TEN, "Émilie Rousseau")
    assert day["columns"][0]["open"][0]["starts_at"] == "2026-11-24T09:00:00+01:00"
    assert program.get("/days/2026-11-24", resource_id=program.house.karim)["columns"][0]["appointments"] == []
    assert code(program.call("GET", "/days/demain")) == (404, "not_found")


def test_short_lists_are_filtered_and_go_on_too(program: Program):
    first = program.get("/services", limit=2)
    rest = program.get("/services", limit=2, cursor=first["next"])
    assert [one["name"] for one in first["items"] + rest["items"]] == ["Bilan", "Cours", "Massage"]
    assert rest["next"] is None
    assert code(program.call("GET", f"/services?cursor={first['next'][:-2]}")) == (422, "not_valid")
    assert [one["name"] for one in program.get("/resources", kind="room")["items"]] == ["Salle 1"]
    assert program.get("/services", is_active="false")["items"] == []
    assert program.get("/services", resource_id=program.house.room)["items"] == []
    wanted = {"resource_id": str(program.house.karim), "starts_at": TEN, "ends_at": ELEVEN}
    away = program.post("/absences", wanted).json["id"]
    days = {"from": "2026-11-24", "to": "2026-11-24"}
    assert [one["id"] for one in program.get("/absences", **days)["items"]] == [away]
    assert program.get("/absences", resource_id=program.house.claire, **days)["items"] == []


def test_a_program_says_whether_the_client_is_told(program: Program):
    id = program.book(TEN, program.house.client(), body={"tells_client": False}).json["id"]
    program.post(f"/appointments/{id}/move", {"starts_at": ELEVEN, "tells_client": False})
    program.post(f"/appointments/{id}/cancel")
    told = "SELECT coalesce(state::json ->> 'tells_client', 'true') FROM events WHERE stream_id = %s ORDER BY version"
    assert program.house.rows(told, id) == [("false",), ("false",), ("true",)]
