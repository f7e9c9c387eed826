"""Who lets a program in, how far, and how often."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.commands import issue_token, revoke_token
from accounts.people import sessions
from accounts.team.commands import add_member
from accounts.token import RateNotValid, ScopeUnknown
from accounts.token_queries import tokens
from accounts.token_secrets import fresh_secret, parts_of
from kernel.errors import IdTaken
from tests.api.program import Program, code
from tests.people import Somebody
from tests.story import NOW, House
from web import visit

ALL = ("settings:read",)


def status(program: Program, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return program.browser.get("/api/v1/organisation", headers=headers).status_code


@pytest.mark.parametrize("secret", ["", "carnet_", "carnet_é", "carnet_abc", "hello", "carnet_" + "A" * 86])
def test_what_is_no_token_opens_nothing(program: Program, secret: str):
    answer = program.browser.get("/api/v1/organisation", headers={"Authorization": f"Bearer {secret}"})
    assert code(answer) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_good_for_its_own_house_and_its_own_secret_alone(program: Program):
    assert status(program, program.secret) == 200
    assert status(program, fresh_secret(program.house.id, program.token_id)) == 401
    other = House(program.house.store)
    assert status(program, fresh_secret(other.id, program.token_id)) == 401
    assert parts_of(program.secret) == (program.house.id, program.token_id)


def test_a_revoked_token_opens_nothing_any_more(program: Program):
    revoke_token(program.house.store, program.token_id, by=program.house.by())
    assert status(program, program.secret) == 401


def test_a_token_ends_at_its_hour(program: Program, monkeypatch: pytest.MonkeyPatch):
    brief = Program(program.house, program.app, ALL, expires_at=NOW + timedelta(hours=1))
    assert status(brief, brief.secret) == 200
    monkeypatch.setattr(visit, "now", lambda: NOW + timedelta(hours=1))
    assert status(brief, brief.secret) == 401


def test_a_token_does_what_its_scopes_name_and_no_more(program: Program):
    reader = Program(program.house, program.app, ("settings:read",))
    assert reader.call("GET", "/services").status_code == 200
    assert code(reader.call("GET", "/clients")) == (403, "scope_missing")
    assert code(reader.post("/services", {"name": "Soin", "duration_minutes": 30})) == (403, "scope_missing")


def test_past_its_number_a_token_waits_and_others_do_not(program: Program):
    slow = Program(program.house, program.app, ALL, per_minute=3)
    answers = [slow.call("GET", "/organisation") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert code(answers[-1]) == (429, "too_many_requests")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert program.call("GET", "/organisation").status_code == 200


def test_the_window_opens_again(program: Program):
    slow = Program(program.house, program.app, ALL, per_minute=1)
    assert [slow.call("GET", "/organisation").status_code for _ in range(2)] == [200, 429]
    with program.house.store.database.at_the_door() as db:
        db.execute("UPDATE rate_windows SET ends_at = now() WHERE key LIKE %s", (f"%{slow.token_id}%",))
    assert slow.call("GET", "/organisation").status_code == 200


def test_a_window_opened_by_a_clock_that_was_ahead_is_over(program: Program):
    slow = Program(program.house, program.app, ALL, per_minute=1)
    assert [slow.call("GET", "/organisation").status_code for _ in range(2)] == [200, 429]
    with program.house.store.database.at_the_door() as db:
        ahead = "UPDATE rate_windows SET ends_at = now() + interval '1 year' WHERE key LIKE %s"
        db.execute(ahead, (f"%{slow.token_id}%",))
    assert slow.call("GET", "/organisation").status_code == 200


def test_the_secret_is_nowhere_in_the_base(program: Program):
    kept = program.house.rows("SELECT secret_hash FROM api_tokens")
    assert program.secret.encode() not in bytes(kept[0][0])
    states = " ".join(state for (state,) in program.house.rows("SELECT state FROM events"))
    assert program.secret not in states
    assert "Site" not in states


def test_a_token_cannot_be_what_no_token_is(house: House):
    facts = {"name": "Site", "secret": fresh_secret(house.id, uuid4())}
    with pytest.raises(ScopeUnknown):
        issue_token(house.store, uuid4(), **facts, scopes=["everything"], by=house.by())
    with pytest.raises(ScopeUnknown):
        issue_token(house.store, uuid4(), **facts, scopes=[], by=house.by())
    with pytest.raises(RateNotValid):
        issue_token(house.store, uuid4(), **facts, scopes=ALL, per_minute=0, by=house.by())


def test_a_tokens_identifier_is_its_own(program: Program):
    facts = {"name": "Autre", "secret": program.secret, "scopes": ALL}
    with pytest.raises(IdTaken):
        issue_token(program.house.store, program.token_id, **facts, by=program.house.by())


def test_the_house_sees_its_tokens_and_when_they_were_used(program: Program):
    status(program, program.secret)
    (card,) = tokens(program.house.store, program.house.id)
    assert (card.name, card.is_revoked, card.last_used_at) == ("Site", False, NOW)


def test_somebodys_session_does_not_open_the_programming_face(program: Program):
    house, somebody, id = program.house, Somebody(program.house.store), uuid4()
    facts = {"person_id": somebody.id, "name": "Sonia", "email": somebody.email, "role": "owner"}
    add_member(house.store, id, **facts, by=house.by())
    session_id = parts_of(somebody.open_session())[1]
    with program.browser.session_transaction() as session:
        session["token"] = sessions.enter(house.store, somebody.id, session_id, house.id, id)
    assert program.browser.get("/settings").status_code == 200
    assert program.browser.get("/api/v1/organisation").status_code == 401


def test_a_token_does_not_open_the_pages(program: Program):
    answer = program.browser.get("/clients", headers={"Authorization": f"Bearer {program.secret}"})
    assert answer.status_code == 302


def test_what_a_program_does_is_said_to_be_its_own(program: Program):
    id = UUID(program.book("2026-11-24T10:00:00+01:00").json["id"])
    program.house.read_on()
    actor, origin = program.house.rows("SELECT actor, origin FROM view_history WHERE stream_id = %s", id)[0]
    assert (actor, origin) == (f"api/{program.token_id}", "api")
