"""A program plans, previews, changes and undoes a series."""

from tests.api.program import Program, code
from tests.story import at

WEEKLY = "FREQ=WEEKLY;COUNT=4"


def pattern(program: Program, **facts: object) -> dict[str, object]:
    wanted = {"service_id": str(program.house.massage), "resource_ids": [str(program.house.claire)]}
    return {"first_on": "2026-11-24", "wall_time": "10:00", "rule": WEEKLY, "services": [wanted]} | facts


def starts(body: dict) -> list[str]:
    return [one["starts_at"] for one in body["occurrences"]]


def test_a_series_is_shown_planned_moved_and_brought_back(program: Program):
    seen = program.post("/series/preview", pattern(program)).json
    assert (seen["fitting"], seen["clashing"]) == (4, 0)
    made = program.post("/series", pattern(program), Idempotency_Key="s")
    assert made.status_code == 201
    assert starts(made.json) == starts(seen)
    id = made.json["id"]
    assert program.post("/series", pattern(program), Idempotency_Key="s").data == made.data
    later = {"from_on": "2026-12-08", "wall_time": "15:00"}
    assert program.post(f"/series/{id}/move/preview", later).json["fitting"] == 2
    moved = program.post(f"/series/{id}/move", later).json
    assert [start[11:16] for start in starts(moved)] == ["10:00", "10:00", "15:00", "15:00"]
    program.post(f"/series/{id}/cancel", {"reason": "Guérie"})
    assert {one["status"] for one in program.get(f"/series/{id}")["occurrences"]} == {"cancelled"}
    back = program.post(f"/series/{id}/restore").json
    assert {one["status"] for one in back["occurrences"]} == {"booked"}
    one = program.get(f"/appointments/{back['occurrences'][0]['id']}")
    assert (one["series_id"], one["occurrence_on"]) == (id, "2026-11-24")


def test_the_series_of_a_client_are_listed(program: Program):
    client = str(program.house.client())
    id = program.post("/series", pattern(program, client_id=client)).json["id"]
    assert [one["id"] for one in program.get("/series", client_id=client)["items"]] == [id]


def test_conflicts_are_named_and_need_a_choice_each(program: Program):
    program.house.book(at(10, days=7))
    refused = program.post("/series", pattern(program))
    assert code(refused) == (409, "occurrences_not_free")
    assert refused.json["facts"]["occurrences"][0]["on"] == "2026-12-01"
    seen = program.post("/series/preview", pattern(program)).json
    met = seen["occurrences"][1]
    assert (met["fits"], met["refusal"], met["people"]) == (False, "time_not_free", [str(program.house.karim)])
    choices = [{"on": "2026-12-01", "resource_id": met["people"][0]}]
    assert program.post("/series", pattern(program, choices=choices)).status_code == 201


def test_another_end_and_other_words(program: Program):
    id = program.post("/series", pattern(program)).json["id"]
    assert len(program.post(f"/series/{id}/end", {"count": 6}).json["occurrences"]) == 6
    fewer = program.post(f"/series/{id}/end/preview", {"count": 2}).json
    assert len(fewer["cancelled"]) == 4
    assert code(program.post(f"/series/{id}/end", {})) == (422, "rule_end_missing")
    edited = program.call("PATCH", f"/series/{id}", {"note": "Clé chez la gardienne"})
    first = edited.json["occurrences"][0]["id"]
    assert program.get(f"/appointments/{first}")["note"] == "Clé chez la gardienne"


def test_a_rule_that_nobody_reads_is_refused(program: Program):
    for rule in ("FREQ=YEARLY;COUNT=2", "every tuesday", "FREQ=WEEKLY"):
        answer = program.post("/series/preview", pattern(program, rule=rule))
        assert answer.status_code == 422, answer.text
        assert answer.json["code"] != "not_valid"


def test_a_series_of_another_house_is_not_found(program: Program):
    id = program.post("/series", pattern(program)).json["id"]
    stranger = Program(type(program.house)(program.house.store), program.app)
    assert code(stranger.call("GET", f"/series/{id}")) == (404, "not_found")
    for name in ("move", "end", "cancel", "restore"):
        assert code(stranger.post(f"/series/{id}/{name}", {"count": 2} if name == "end" else {})) == (404, "not_found")
