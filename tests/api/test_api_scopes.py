"""What a scope says is what it gives, and what it gives is what it says."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask_babel import force_locale

from accounts.rights import SCOPE_RIGHTS
from accounts.token import GIVES, SCOPES, WITHIN
from tests.api.program import Program, code
from tests.story import at
from web.settings.tokens import GIVES_WORDS, WITHIN_WORDS, scope_words

RIGHTS = {right for rights in SCOPE_RIGHTS.values() for right in rights}
HOOK = {"url": "https://exemple.fr/crochet"}


def test_each_right_that_a_scope_gives_has_its_sentence_and_no_other_has():
    assert set(GIVES) == set(GIVES_WORDS) == RIGHTS
    assert set(WITHIN) == set(WITHIN_WORDS)
    assert len(set(GIVES.values())) == len(RIGHTS)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_says_all_that_it_gives_and_nothing_else(scope: str, api_app: Flask):
    assert {right for right in GIVES if GIVES[right] in SCOPES[scope]} == set(SCOPE_RIGHTS[scope])
    for language in ("fr", "en"):
        with api_app.test_request_context(), force_locale(language):
            said = scope_words()[scope].lower()
            assert {right for right in RIGHTS if str(GIVES_WORDS[right]).lower() in said} == set(SCOPE_RIGHTS[scope])


def find(program: Program, way: str = "") -> int:
    asked = {"service_id": program.house.massage, "from": at(9).date(), "to": at(9).date()}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return program.call("GET", f"/slots{way}?{query}").status_code


def test_slots_are_found_without_reading_the_agenda(program: Program):
    id = program.book(at(9).isoformat()).json["id"]
    site = Program(program.house, program.app, ("slots:read",))
    assert [find(site, way) for way in ("", "/days")] == [200, 200]
    assert site.call("GET", f"/slots/first?service_id={program.house.massage}").status_code == 200
    closed = ("/appointments", f"/appointments/{id}", "/days/2026-11-24", f"/series?client_id={uuid4()}")
    assert {site.call("GET", path).status_code for path in closed} == {403}
    # It says who or what is in the way.
    assert find(site, "/refused") == 403


def test_who_reads_the_agenda_goes_on_finding_slots(program: Program):
    """Tokens of before have no other scope for it."""
    reader = Program(program.house, program.app, ("appointments:read",))
    assert [find(reader, way) for way in ("", "/days", "/refused")] == [200, 200, 200]


def test_nobody_reads_the_log_by_a_webhook_who_may_not_read_it(program: Program):
    id = program.post("/webhooks", HOOK).json["id"]
    hooks = Program(program.house, program.app, ("webhooks:write",))
    tried: list[tuple[str, str, Any]] = [
        ("POST", "/webhooks", HOOK),
        ("PATCH", f"/webhooks/{id}", {"url": "https://ailleurs.fr/"}),
        ("PATCH", f"/webhooks/{id}", {"names": ["AppointmentBooked"]}),
        ("PATCH", f"/webhooks/{id}", {"is_paused": False}),
        ("POST", f"/webhooks/{id}/replay", {"after": 0}),
    ]
    assert [code(hooks.call(*each)) for each in tried] == [(403, "forbidden")] * len(tried)
    assert program.get(f"/webhooks/{id}")["url"] == HOOK["url"]
    both = Program(program.house, program.app, ("webhooks:write", "events:read"))
    assert [both.call(*each).status_code for each in tried] == [201, 200, 200, 200, 200]


def test_a_webhook_alone_is_looked_at_and_ended(program: Program):
    id = program.post("/webhooks", HOOK).json["id"]
    hooks = Program(program.house, program.app, ("webhooks:write",))
    assert hooks.call("GET", f"/webhooks/{id}/deliveries").status_code == 200
    assert hooks.call("DELETE", f"/webhooks/{id}").status_code == 200
