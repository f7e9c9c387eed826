"""A program opens, changes, joins, blocks and finds client files."""

from uuid import uuid4

from tests.api.program import Program, code
from tests.story import at

ZOE = {"first_name": "Zoé", "last_name": "Noël", "phone": "06 12 34 56 78", "email": "Zoe@exemple.fr"}


def test_a_file_is_opened_found_changed_and_its_versions_read(program: Program):
    made = program.post("/clients", ZOE, Idempotency_Key="c")
    id = made.json["id"]
    assert (made.status_code, made.json["phone"], made.json["email"]) == (201, "+33612345678", "zoe@exemple.fr")
    assert program.post("/clients", ZOE, Idempotency_Key="c").json["id"] == id
    changed = program.call("PATCH", f"/clients/{id}", {"town": "Lyon"}, If_Match=made.headers["ETag"])
    assert (changed.json["town"], changed.json["last_name"]) == ("Lyon", "Noël")
    assert code(program.call("PATCH", f"/clients/{id}", {"town": "Bron"}, If_Match='"1"')) == (412, "version_changed")
    assert [one["id"] for one in program.get("/clients", words="noel zo")["items"]] == [id]
    versions = program.get(f"/clients/{id}/versions")["items"]
    assert versions[0]["changes"] == [{"field": "town", "old": "", "new": "Lyon"}]
    back = program.post(f"/clients/{id}/versions/restore", {"number": 1}).json
    assert back["town"] == ""


def test_pages_of_files_go_on_and_archived_ones_are_apart(program: Program):
    ids = [program.post("/clients", {"last_name": name}).json["id"] for name in ("Aubry", "Blanc", "Colin")]
    first = program.get("/clients", limit=2)
    rest = program.get("/clients", limit=2, cursor=first["next"])
    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert program.post(f"/clients/{ids[0]}/archive").json["is_archived"]
    assert [one["id"] for one in program.get("/clients", kind="archived")["items"]] == [ids[0]]
    assert not program.post(f"/clients/{ids[0]}/restore").json["is_archived"]


def test_duplicates_are_told_merged_and_taken_apart(program: Program):
    one = program.post("/clients", ZOE).json["id"]
    found = program.get("/client-duplicates", phone="+33 6 12 34 56 78")["items"]
    assert [(each["client"]["id"], each["shared"]) for each in found] == [(one, ["phone"])]
    other = program.post("/clients", ZOE | {"town": "Lyon"}).json["id"]
    assert len(program.get("/client-duplicates/pairs")["items"]) == 1
    program.book("2026-11-24T10:00:00+01:00", other)
    merged = program.post(f"/clients/{one}/merge", {"duplicate_id": other}).json
    assert [each["id"] for each in merged["duplicates"]] == [other]
    assert program.get(f"/clients/{other}")["id"] == one
    apart = program.post(f"/clients/{other}/unmerge").json
    assert (apart["id"], apart["town"]) == (other, "Lyon")
    assert program.post(f"/clients/{one}/not-a-duplicate", {"other_id": other}).status_code == 200
    assert program.get("/client-duplicates/pairs")["items"] == []


def test_who_is_blocked_books_through_the_house_only(program: Program):
    id = program.post("/clients", ZOE).json["id"]
    assert program.post(f"/clients/{id}/block", {"reason": "Trois absences"}).json["is_blocked"]
    online = {"online": True, "status": "booked"}
    refused = program.book("2026-11-24T10:00:00+01:00", id, body=online)
    assert code(refused) == (403, "client_is_blocked")
    assert "absences" not in refused.text
    assert program.book("2026-11-24T10:00:00+01:00", id).status_code == 201
    assert not program.post(f"/clients/{id}/unblock").json["is_blocked"]


def test_notes_are_added_pinned_changed_and_taken_off(program: Program):
    id = program.post("/clients", ZOE).json["id"]
    note = program.post(f"/clients/{id}/notes", {"words": "Allergie au latex"}).json["notes"][0]
    path = f"/clients/{id}/notes/{note['id']}"
    assert program.call("PATCH", path, {"is_pinned": True}).json["notes"][0]["is_pinned"]
    assert program.call("PATCH", path, {"words": "Au latex"}).json["notes"][0]["words"] == "Au latex"
    assert program.call("DELETE", path).json["notes"] == []
    assert code(program.call("DELETE", f"/clients/{id}/notes/{uuid4()}"))[0] == 404


def test_the_house_has_fields_of_its_own(program: Program):
    field = program.post("/client-fields", {"label": "Pointure", "kind": "number"}).json
    id = program.post("/clients", ZOE | {"custom": {field["id"]: "39"}}).json["id"]
    assert program.get(f"/clients/{id}")["custom"] == {field["id"]: "39"}
    refused = program.call("PATCH", f"/clients/{id}", {"custom": {field["id"]: "petit"}})
    assert code(refused) == (422, "field_value_not_valid")
    assert not program.call("DELETE", f"/client-fields/{field['id']}").json["is_active"]
    assert program.post(f"/client-fields/{field['id']}/restore").json["is_active"]
    assert code(program.post("/client-fields", {"label": "Couleur", "kind": "choice"}))[0] == 422


def test_an_identifier_of_something_else_is_no_client(program: Program):
    appointment = program.house.book(at(10))
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/archive"), ("POST", "/block"), ("POST", "/unmerge")):
        assert code(program.call(method, f"/clients/{appointment}{path}", {})) == (404, "not_found")
