"""Tries that are refused leave a line: which page, who, from where, and not a word about anybody."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.browser.visitor import Desk, open_desk


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter(role="viewer")


def test_a_page_that_is_not_allowed_leaves_a_line_with_who_asked(desk: Desk):
    with capture_logs() as lines:
        assert desk.get("/settings/tokens").status_code == 403
    (line,) = [one for one in lines if one["event"] == "refused"]
    assert (line["status"], line["page"], line["house"]) == (403, "settings.tokens", str(desk.house.id))
    assert line["person"] == str(desk.house.person_id)
    assert line["address"] == "127.0.0.1"


@pytest.mark.parametrize("email", ["known", "nobody@exemple.fr"])
def test_a_wrong_password_leaves_a_line_without_the_address_or_the_password(desk: Desk, email: str):
    address = desk.email if email == "known" else email
    with capture_logs() as lines:
        stranger = desk.app.test_client()
        stranger.post("/sign-in", data={"email": address, "password": "pas le bon du tout"})
    (line,) = [one for one in lines if one["event"] == "refused"]
    assert (line["status"], line["page"], line["person"]) == (422, "door.enter", "")
    assert address not in str(lines)
    assert "pas le bon" not in str(lines)


def test_what_is_allowed_leaves_none(desk: Desk):
    with capture_logs() as lines:
        assert desk.get("/agenda/2026-11-24").status_code == 200
    assert [one for one in lines if one["event"] == "refused"] == []


def test_a_program_that_may_not_leaves_a_line(desk: Desk):
    with capture_logs() as lines:
        assert desk.visitor.get("/api/v1/organisation").status_code == 401
    assert [one["status"] for one in lines if one["event"] == "refused"] == [401]
