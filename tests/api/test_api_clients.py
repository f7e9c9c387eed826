"""A program opens, changes, joins, blocks and finds client files."""

from uuid import uuid4

from carnet.wiring import JOBS
from kernel.jobs import Worker
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


def test_files_of_clients_go_out_and_come_in_and_are_undone(program: Program):
    program.post("/clients", ZOE)
    gone = program.call("GET", "/clients/export?format=csv")
    assert "Noël" in gone.text
    assert gone.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'
    sent = {"Authorization": f"Bearer {program.secret}"}
    content = "Nom;Prénom;Téléphone\nAubry;Luc;0699999999\nNoël;Zoé;0612345678\n"
    path = "/api/v1/client-imports?name=clients.csv"
    made = program.browser.post(path, data=content.encode("cp1252"), headers=sent, content_type="text/csv")
    assert (made.status_code, made.json["status"], made.json["rows"]) == (201, "prepared", 2)
    id = made.json["id"]
    seen = program.post(f"/client-imports/{id}/preview").json
    assert sum(seen["totals"].values()) == 2
    assert program.post(f"/client-imports/{id}/start").json["status"] == "started"
    work(program)
    assert [one["last_name"] for one in program.get("/clients")["items"]] == ["Aubry", "Noël"]
    program.post(f"/client-imports/{id}/undo")
    work(program)
    assert [one["last_name"] for one in program.get("/clients")["items"]] == ["Noël"]
    assert program.get(f"/client-imports/{id}")["status"] == "undone"


def test_what_is_no_file_of_clients_is_refused(program: Program):
    sent = {"Authorization": f"Bearer {program.secret}"}
    for content in (b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"<?xml version='1.0'?><clients/>"):
        answer = program.browser.post("/api/v1/client-imports?name=x", data=content, headers=sent)
        assert answer.status_code == 422, answer.text


def work(program: Program) -> None:
    """The readers read on and the worker does what is due for this house."""
    program.house.read_on()
    due = "SELECT key FROM jobs WHERE organisation_id = %s AND done_at IS NULL"
    worker = Worker(program.house.store, JOBS)
    for _ in range(3):
        with program.house.store.database.everywhere() as db:
            keys = [key for (key,) in db.execute(due, (program.house.id,))]
        for key in keys:
            worker.do(str(program.house.id), key)
        program.house.read_on()
