"""A program sets up a house: organisation, places, closed dates, terms, resources, hours, absences, services."""

import json
import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from tests.api.program import Program, code
from tests.story import House
from web.api import spec

NINE, NOON, ONE, FIVE = (f"2026-11-24T{hour}:00:00+01:00" for hour in ("09", "12", "13", "17"))
WEEK = {"weekly": [{"weekday": 1, "start": "08:00", "end": "12:00"}], "dated": []}
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})")


class Deed(NamedTuple):
    """One call that changes the settings. `seen_at` is where its thing is read, with its version in the ETag."""

    name: str
    method: str
    path: str
    body: Any
    other: Any
    seen_at: str = ""


DEEDS = (
    Deed("organisation", "PATCH", "/organisation", {"name": "Le Tilleul"}, {"name": "Le Saule"}, "/organisation"),
    Deed("new place", "POST", "/places", {"name": "Annexe", "zone": "Indian/Reunion", "country": "FR"}, {
        "name": "Autre", "zone": "Europe/Paris", "country": "FR"
    }),
    Deed("place", "PATCH", "/places/{place}", {"address": "2 rue"}, {"address": "3 rue"}, "/places/{place}"),
    Deed("closed dates", "POST", "/places/{place}/closures", {"items": [{"on": "2026-12-24", "name": "Pont"}]}, {
        "items": [{"on": "2026-12-26"}]
    }),
    Deed("public holidays", "POST", "/places/{place}/closures/public-holidays", {"year": 2027}, {"year": 2028}),
    Deed("reopened dates", "POST", "/places/{closed}/closures/reopen", {"items": ["2026-12-31"]}, {
        "items": ["2026-12-30"]
    }),
    Deed("terms", "PUT", "/terms", {"lead_minutes": 60}, {"lead_minutes": 90}, "/terms"),
    Deed("new resource", "POST", "/resources", {"kind": "room", "name": "Salle"}, {"kind": "machine", "name": "Four"}),
    Deed("resource", "PATCH", "/resources/{claire}", {"name": "Claire M."}, {"name": "Claire"}, "/resources/{claire}"),
    Deed("weekly hours", "PUT", "/resources/{claire}/hours", WEEK, {"weekly": []}, "/resources/{claire}/hours"),
    Deed("hours of a date", "PUT", "/resources/{claire}/hours/2026-11-24", {"periods": []}, {
        "periods": [{"start": "10:00", "end": "11:00"}]
    }, "/resources/{claire}/hours"),
    Deed("usual hours", "DELETE", "/resources/{dated}/hours/2026-11-24", None, None, "/resources/{dated}/hours"),
    Deed("new absence", "POST", "/absences", {"resource_id": "{claire}", "starts_at": NINE, "ends_at": NOON}, {
        "resource_id": "{claire}", "starts_at": ONE, "ends_at": FIVE
    }),
    Deed("moved absence", "POST", "/absences/{absence}/move", {"starts_at": ONE, "ends_at": FIVE}, {
        "starts_at": NOON, "ends_at": FIVE
    }, "/absences/{absence}"),
    Deed("cancelled absence", "DELETE", "/absences/{absence}", None, None, "/absences/{absence}"),
    Deed("absence brought back", "POST", "/absences/{gone}/restore", None, None, "/absences/{gone}"),
    Deed("new service", "POST", "/services", {"name": "Soin", "duration_minutes": 30}, {
        "name": "Soin", "duration_minutes": 45
    }),
    Deed("service", "PATCH", "/services/{massage}", {"price_cents": 60}, {"price_cents": 70}, "/services/{massage}"),
    Deed("performer", "PUT", "/services/{massage}/performers/{claire}", {"price_cents": 5500}, {
        "price_cents": 5600
    }, "/services/{massage}"),
    Deed("no performer", "DELETE", "/services/{massage}/performers/{claire}", None, None, "/services/{massage}"),
)
EACH = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)


@pytest.fixture
def known(program: Program) -> dict[str, str]:
    """The things that the deeds name, the ones that need something beforehand with it."""
    house = program.house
    ids = {"place": house.place_id, "claire": house.claire, "dated": house.karim, "massage": house.massage}
    program.call("PUT", f"/resources/{house.karim}/hours/2026-11-24", {"periods": []})
    absence = {"resource_id": str(house.room), "starts_at": NINE, "ends_at": NOON}
    ids["absence"] = program.post("/absences", absence).json["id"]
    later = {"starts_at": "2026-11-25T09:00:00+01:00", "ends_at": "2026-11-25T12:00:00+01:00"}
    ids["gone"] = program.post("/absences", absence | later).json["id"]
    program.call("DELETE", f"/absences/{ids['gone']}")
    ids["closed"] = program.post("/places", {"name": "Gare", "zone": "Europe/Paris", "country": "FR"}).json["id"]
    closed = {"items": [{"on": "2026-12-30"}, {"on": "2026-12-31", "name": "Inventaire"}]}
    program.post(f"/places/{ids['closed']}/closures", closed)
    return {name: str(id) for name, id in ids.items()}


def filled(body: Any, known: dict[str, str]) -> Any:
    written = json.dumps(body)
    for name, id in known.items():
        written = written.replace(f"{{{name}}}", id)
    return json.loads(written)


def done(program: Program, deed: Deed, known: dict[str, str], body: Any = None, **headers: str) -> Any:
    body = filled(deed.body if body is None else body, known)
    return program.call(deed.method, deed.path.format(**known), body, **headers)


def last_position(house: House) -> int:
    return house.rows("SELECT max(position) FROM events")[0][0]


# What holds for each of them


@EACH
def test_it_is_done_told_at_its_position_and_seen_at_once(program: Program, known: dict[str, str], deed: Deed):
    before = last_position(program.house)
    answer = done(program, deed, known)
    assert answer.status_code == (201 if deed.name.startswith("new") else 200), answer.text
    position = int(answer.headers["Carnet-Position"])
    assert position == last_position(program.house) > before
    read = program.get(deed.seen_at.format(**known) if deed.seen_at else where(deed, known, answer.json))
    assert {name: answer.json[name] for name in read if name in answer.json} == read
    ((actor,),) = program.house.rows("SELECT state::json->>'by' FROM events WHERE position = %s", position)
    assert actor == f"api/{program.token_id}"


def where(deed: Deed, known: dict[str, str], made: dict[str, Any]) -> str:
    """Where what has no address of its own yet is read."""
    path = deed.path.format(**known)
    return path[: path.index("/closures") + 9] if "/closures" in path else f"{path}/{made['id']}"


@EACH
def test_a_key_is_one_deed_and_one_answer_whatever_happened_since(
    program: Program, known: dict[str, str], deed: Deed
):
    first = done(program, deed, known, Idempotency_Key="k")
    if deed.other:
        assert done(program, deed, known, deed.other).status_code == first.status_code
    before = last_position(program.house)
    again = done(program, deed, known, Idempotency_Key="k")
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Carnet-Position"] == first.headers["Carnet-Position"]
    if deed.other:
        refused = done(program, deed, known, deed.other, Idempotency_Key="k")
        assert code(refused) == (409, "key_used_differently")
    assert last_position(program.house) == before


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.seen_at], ids=lambda deed: deed.name)
def test_who_saw_an_older_version_changes_nothing(program: Program, known: dict[str, str], deed: Deed):
    tag = program.call("GET", deed.seen_at.format(**known)).headers["ETag"]
    before = last_position(program.house)
    assert code(done(program, deed, known, If_Match='"97"')) == (412, "version_changed")
    assert code(done(program, deed, known, If_Match="hier")) == (400, "version_not_valid")
    assert last_position(program.house) == before
    answer = done(program, deed, known, If_Match=tag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


@EACH
def test_every_instant_in_an_answer_has_its_offset_and_a_zone_beside_it(
    program: Program, known: dict[str, str], deed: Deed
):
    assert list(bare_instants(done(program, deed, known).json)) == []


def bare_instants(told: Any, zone: str = "") -> Iterator[str]:
    """Instants without an offset, or without a zone in their object or around it."""
    if isinstance(told, dict):
        for each in told.values():
            yield from bare_instants(each, told.get("zone", zone))
    elif isinstance(told, list):
        for each in told:
            yield from bare_instants(each, zone)
    elif isinstance(told, str) and re.match(r"\d{4}-\d{2}-\d{2}T", told) and not (zone and INSTANT.fullmatch(told)):
        yield told


def test_no_answer_is_described_with_an_instant_without_a_zone(program: Program):
    with program.app.test_request_context():
        described = spec.description()
    answers = [
        answer["content"]["application/json"]["schema"]
        for _, _, operation in spec.every_operation(described)
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "content" in answer
    ]
    found = {name for answer in answers for name in zoneless(described["components"]["schemas"], answer)}
    assert found == set()


def zoneless(schemas: dict[str, Any], schema: dict[str, Any], name: str = "", zoned: bool = False) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from zoneless(schemas, schemas[name], name, zoned)
        return
    known = schema.get("properties", {})
    zoned = zoned or "zone" in known
    for key, each in known.items():
        yield from zoneless(schemas, each, f"{name}.{key}" if "$ref" not in each else "", zoned)
    if "items" in schema:
        yield from zoneless(schemas, schema["items"], name, zoned)
    if schema.get("format") == "date-time" and not zoned and "UTC" not in schema.get("description", ""):
        yield name


# Nonsense


@pytest.mark.parametrize(
    ("method", "path", "body", "refused"),
    [
        ("PATCH", "/organisation", {"zone": "Europe/Atlantis"}, (422, "zone_unknown")),
        ("PATCH", "/organisation", {"country": "XX"}, (422, "not_valid")),
        ("PATCH", "/organisation", {"currency": "EURO"}, (422, "not_valid")),
        ("PATCH", "/organisation", {"name": "   "}, (422, "not_valid")),
        ("PATCH", "/organisation", {"version": 3}, (422, "not_valid")),
        ("POST", "/places", {"name": "A", "zone": "Mars/Olympus", "country": "FR"}, (422, "zone_unknown")),
        ("POST", "/places", {"zone": "Europe/Paris", "country": "FR"}, (422, "not_valid")),
        ("POST", "/places", {"id": "{place}", "name": "A", "zone": "Europe/Paris", "country": "FR"}, (409, "id_taken")),
        ("PATCH", "/places/{place}", {"lead_minutes": -1}, (422, "not_valid")),
        ("PATCH", "/places/{place}", {"lead_minutes": "60"}, (422, "not_valid")),
        ("POST", "/places/{place}/closures", {"items": []}, (422, "not_valid")),
        ("POST", "/places/{place}/closures", {"items": [{"on": "2026-02-30"}]}, (422, "not_valid")),
        ("POST", "/places/{place}/closures/public-holidays", {"year": 1}, (422, "not_valid")),
        ("PUT", "/terms", {"hold_minutes": 0}, (422, "not_valid")),
        ("PUT", "/terms", {"colour": "blue"}, (422, "not_valid")),
        ("POST", "/resources", {"kind": "ghost", "name": "A"}, (422, "not_valid")),
        ("POST", "/resources", {"kind": "room", "name": "A", "place_ids": ["{massage}"]}, (404, "not_found")),
        ("PATCH", "/resources/{claire}", {"place_ids": ["{claire}"]}, (404, "not_found")),
        ("PATCH", "/resources/{claire}", {"capacity": 0}, (422, "not_valid")),
        ("PATCH", "/resources/{massage}", {"rank": 1}, (404, "not_found")),
        ("PUT", "/resources/{claire}/hours", {"weekly": [{"weekday": 7, "start": "9:00", "end": "10:00"}]}, (
            422, "not_valid"
        )),
        ("PUT", "/resources/{claire}/hours", {"weekly": [{"weekday": 1, "start": "25:00", "end": "26:00"}]}, (
            422, "hours_not_valid"
        )),
        ("PUT", "/resources/{claire}/hours", {
            "weekly": [{"weekday": 1, "start": start, "end": "13:00"} for start in ("09:00", "11:00")]
        }, (422, "hours_overlap")),
        ("PUT", "/resources/{claire}/hours", {
            "weekly": [{"weekday": 1, "start": "09:00", "end": "12:00", "place_id": "{claire}"}]
        }, (404, "not_found")),
        ("PUT", "/resources/{claire}/hours/2026-11-31", {"periods": []}, (404, "not_found")),
        ("PUT", "/resources/{claire}/hours/2026-11-24", {"periods": [{"start": "9h", "end": "9"}]}, (422, "not_valid")),
        ("POST", "/absences", {"resource_id": "{claire}", "starts_at": NOON, "ends_at": NINE}, (
            422, "end_before_start"
        )),
        ("POST", "/absences", {"resource_id": "{massage}", "starts_at": NINE, "ends_at": NOON}, (404, "not_found")),
        ("POST", "/absences", {"resource_id": "{room}", "starts_at": NINE, "ends_at": FIVE}, (409, "absence_overlaps")),
        ("POST", "/absences", {"resource_id": "{claire}", "starts_at": "2026-11-24T09:00", "ends_at": NOON}, (
            422, "not_valid"
        )),
        ("POST", "/absences/{absence}/move", {"starts_at": NOON, "ends_at": NOON}, (422, "end_before_start")),
        ("POST", "/services", {"name": "A", "duration_minutes": 0}, (422, "not_valid")),
        ("POST", "/services", {"name": "A", "duration_minutes": 30.5}, (422, "not_valid")),
        ("POST", "/services", {"name": "A", "duration_minutes": 30, "currency": "XYZ1"}, (422, "not_valid")),
        ("POST", "/services", {
            "name": "A", "duration_minutes": 30, "needs": [{"kind": "room", "resource_ids": ["{place}"]}]
        }, (404, "not_found")),
        ("PATCH", "/services/{claire}", {"name": "A"}, (404, "not_found")),
        ("PUT", "/services/{massage}/performers/{place}", {}, (404, "not_found")),
        ("DELETE", "/services/{massage}/performers/{place}", None, (404, "not_found")),
        ("PATCH", "/services/{massage}", [], (422, "not_valid")),
    ],
)
def test_nonsense_is_refused_with_its_code_and_changes_nothing(
    program: Program, known: dict[str, str], method: str, path: str, body: Any, refused: tuple[int, str]
):
    known["room"] = str(program.house.room)
    before = last_position(program.house)
    answer = program.call(method, path.format(**known), filled(body, known))
    assert code(answer) == refused, answer.text
    assert answer.json["detail"].endswith((".", "…"))
    assert last_position(program.house) == before


# What each of them is for


def test_closed_dates_and_public_holidays_take_the_starts_away(program: Program):
    asked = {"service_id": program.house.massage, "from": "2026-12-24", "to": "2026-12-25"}
    path = f"/places/{program.house.place_id}/closures"
    assert [one["on"] for one in program.get("/slots/days", **asked)["items"]] == ["2026-12-24", "2026-12-25"]
    closed = program.post(f"{path}/public-holidays", {"year": 2026}).json["items"]
    assert {"on": "2026-12-25", "name": "Noël"} in closed
    program.post(path, {"items": [{"on": "2026-12-24", "name": "Pont"}]})
    assert program.get("/slots/days", **asked)["items"] == []
    program.post(f"{path}/reopen", {"items": ["2026-12-24"]})
    assert [one["on"] for one in program.get("/slots/days", **asked)["items"]] == ["2026-12-24"]
    assert len(program.post(f"{path}/public-holidays", {"year": 2026}).json["items"]) == len(closed)


def test_hours_of_one_date_stand_until_they_are_taken_back(program: Program):
    path = f"/resources/{program.house.claire}/hours"
    asked = {"service_id": program.house.massage, "resource_id": program.house.claire}
    asked |= {"from": "2026-11-24", "to": "2026-11-24"}

    def starts() -> list[str]:
        return [slot["starts_at"][11:16] for slot in program.get("/slots", **asked)["items"]]

    program.call("PUT", f"{path}/2026-11-24", {"periods": [{"start": "20:00", "end": "22:00"}], "cause": "evening"})
    assert starts() == ["20:00", "21:00"]
    (day,) = program.get(path)["dated"]
    assert (day["on"], day["cause"], day["periods"][0]["start"]) == ("2026-11-24", "evening", "20:00")
    program.call("DELETE", f"{path}/2026-11-24")
    assert starts()[0] == "09:00"
    program.call("PUT", path, WEEK)
    assert starts() == ["08:00", "09:00", "10:00", "11:00"]


def test_an_absence_takes_the_time_is_listed_moved_and_given_back(program: Program):
    absence = {"resource_id": str(program.house.claire), "starts_at": NINE, "ends_at": NOON, "reason": "Formation"}
    made = program.post("/absences", absence).json
    day = {"from": "2026-11-24", "to": "2026-11-24"}
    (line,) = program.get("/absences", **day)["items"]
    assert (line["starts_at"], line["zone"], line["reason"]) == (NINE, "Europe/Paris", "Formation")
    assert code(program.book(NINE)) == (409, "resource_absent")
    program.post(f"/absences/{made['id']}/move", {"starts_at": ONE, "ends_at": FIVE})
    assert program.book(NINE).status_code == 201
    ended = program.call("DELETE", f"/absences/{made['id']}")
    assert ended.json["is_cancelled"]
    assert program.get("/absences", **day)["items"] == []
    assert code(program.call("DELETE", f"/absences/{made['id']}")) == (409, "absence_closed")
    assert not program.post(f"/absences/{made['id']}/restore").json["is_cancelled"]
    (line,) = program.get("/absences", **day)["items"]
    assert (line["starts_at"], line["reason"]) == (ONE, "Formation")
    assert code(program.post(f"/absences/{made['id']}/restore")) == (409, "absence_stands")


def test_a_service_is_offered_once_somebody_performs_it_for_as_long_as_they_take(program: Program):
    made = program.post("/services", {"name": "Soin", "duration_minutes": 30, "is_online": False}).json
    other = program.post("/services", {"name": "Bilan", "duration_minutes": 30}).json
    path = f"/services/{made['id']}/performers/{program.house.claire}"
    assert program.call("PUT", path, {"duration_minutes": 45}).json["performers"][0]["duration_minutes"] == 45
    asked = {"service_id": made["id"], "from": "2026-11-24", "to": "2026-11-24"}
    first = program.get("/slots", **asked)["items"][0]
    assert (first["starts_at"], first["ends_at"][11:16]) == (NINE, "09:45")
    assert program.call("DELETE", path).json["performers"] == []
    retired = program.call("PATCH", f"/services/{other['id']}", {"is_active": False}).json
    assert retired["is_active"] is False
    assert other["id"] not in [one["id"] for one in program.get("/services")["items"]]


def test_terms_of_the_house_hold_where_nobody_has_their_own(program: Program):
    program.call("PUT", "/terms", {"lead_minutes": 7 * 24 * 60, "needs_approval": True})
    asked = {"service_id": program.house.massage, "from": "2026-11-24", "to": "2026-11-24", "online": True}
    assert program.get("/slots/days", **asked)["items"] == []
    program.call("PATCH", f"/places/{program.house.place_id}", {"lead_minutes": 0})
    assert program.get("/slots/days", **asked)["items"] != []
    assert program.get("/terms")["needs_approval"]


def test_answers_in_another_zone_carry_its_offset(program: Program):
    island = program.post("/places", {"name": "Saint-Denis", "zone": "Indian/Reunion", "country": "RE"}).json
    body = {"kind": "practitioner", "name": "Line Hoarau", "place_ids": [island["id"]]}
    person = program.post("/resources", body).json
    assert person["zone"] == "Indian/Reunion"
    away = program.post("/absences", {"resource_id": person["id"], "starts_at": NINE, "ends_at": NOON}).json
    assert (away["zone"], away["starts_at"]) == ("Indian/Reunion", "2026-11-24T12:00:00+04:00")


# Reading after writing


def test_who_names_a_position_reads_what_was_written_before_it(program: Program):
    """The readers are behind; naming the position of one's own write waits for them."""
    booked = program.book(NINE)
    read = threading.Thread(target=program.house.read_on)
    headers = {"Authorization": f"Bearer {program.secret}", "Carnet-Position": booked.headers["Carnet-Position"]}
    stale = program.browser.get("/api/v1/appointments", headers={"Authorization": headers["Authorization"]})
    assert stale.json["items"] == []
    read.start()
    fresh = program.browser.get("/api/v1/appointments", headers=headers)
    read.join()
    assert [one["id"] for one in fresh.json["items"]] == [booked.json["id"]]


@pytest.mark.parametrize("position", ["-1", "abc", "9" * 30, "١"])
def test_a_position_that_is_none_delays_nobody(program: Program, position: str):
    headers = {"Authorization": f"Bearer {program.secret}", "Carnet-Position": position.encode().decode("latin-1")}
    assert program.browser.get("/api/v1/organisation", headers=headers).status_code == 200


WRITERS, EACH_WRITES = 4, 12


def test_the_feed_gives_each_position_once_in_order_while_others_write(program: Program):
    other = House(program.house.store)
    houses = [program.house, other]
    start, over = program.get("/events", limit=500)["last"], threading.Event()
    writers = [threading.Thread(target=write, args=(houses[number % 2],)) for number in range(WRITERS)]
    reader = threading.Thread(target=read_until, args=(program.house, over))
    for each in (*writers, reader):
        each.start()
    try:
        seen = list(followed(program, start, writers))
    finally:
        over.set()
        for each in (*writers, reader):
            each.join()
    positions = [fact["position"] for fact in seen]
    assert positions == sorted(set(positions))
    query = "SELECT position FROM events WHERE position > %s ORDER BY position"
    assert positions == [position for (position,) in program.house.rows(query, start)]
    assert len(positions) == WRITERS // 2 * EACH_WRITES
    strangers = {str(id) for (id,) in other.rows("SELECT stream_id FROM events")} | {str(other.id)}
    assert not strangers & {fact["stream_id"] for fact in seen}
    assert not any(id in json.dumps(seen) for id in strangers)


def write(house: House) -> None:
    for _ in range(EACH_WRITES):
        house.client("Nadia", "Petit")


def read_until(house: House, over: threading.Event) -> None:
    while not over.is_set():
        house.read_on()


def followed(program: Program, after: int, writers: list[threading.Thread]) -> Iterator[dict[str, Any]]:
    """What a program sees that asks again and again, seven at a time, until the writers are done and all is read."""
    headers = {"Authorization": f"Bearer {program.secret}"}
    while True:
        is_last = not any(each.is_alive() for each in writers)
        if is_last:
            program.house.store.wait_for(last_position(program.house), timeout=10)
        page = program.browser.get("/api/v1/events", query_string={"after": after, "limit": 7}, headers=headers).json
        assert all(fact["position"] > after for fact in page["items"])
        yield from page["items"]
        after = page["last"]
        if is_last and not page["items"]:
            return


def test_the_feed_is_narrowed_by_name_and_by_thing(program: Program):
    id = program.book(NINE).json["id"]
    program.post(f"/appointments/{id}/cancel")
    names = [fact["name"] for fact in program.get("/events", stream_id=id)["items"]]
    assert names == ["AppointmentBooked", "AppointmentCancelled"]
    only = program.get("/events", name=["AppointmentCancelled"], limit=500)["items"]
    assert [fact["stream_id"] for fact in only] == [id]
    assert program.get("/events", stream_id=uuid4())["items"] == []
    assert program.get("/events", after=10**9) == {"items": [], "last": 10**9}
