"""What the app says of itself, and which pages a browser may keep."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from accounts.commands import change_organisation
from tests.browser.visitor import Desk, open_desk
from tests.story import at
from web import static_files


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def test_the_app_has_the_name_and_the_colour_of_the_house(desk: Desk):
    change_organisation(desk.house.store, accent="#0f7a4f", by=desk.house.by())
    said = desk.get("/app.webmanifest").get_json()
    assert (said["name"], said["theme_color"], said["start_url"]) == ("Les Tilleuls", "#0f7a4f", "/")
    assert 'name="theme-color" content="#0f7a4f"' in desk.get("/clients").get_data(as_text=True)


def test_at_the_door_it_names_no_house(desk: Desk):
    assert desk.app.test_client().get("/app.webmanifest").get_json()["name"] == "Carnet"


def test_days_and_appointments_alone_may_be_kept(desk: Desk):
    booked = desk.house.book(at(9), client_id=desk.house.client())
    kept = [path for path in ("/agenda/2026-11-24", f"/appointments/{booked}") if keeper(desk, path)]
    assert kept == ["/agenda/2026-11-24", f"/appointments/{booked}"]
    others = ("/clients", "/history", "/settings", "/account", "/sign-in", "/away", "/app.webmanifest", "/nowhere")
    assert [path for path in others if keeper(desk, path)] == []


def keeper(desk: Desk, path: str) -> str:
    return desk.get(path).headers.get("Carnet-Keep", "")


def test_what_is_seen_in_another_s_place_is_kept_nowhere(desk: Desk):
    assert keeper(desk, "/agenda/2026-11-24") == str(desk.house.member_id)
    desk.house.hire("secretary", f"{uuid4()}@exemple.fr", "Nadia Petit")
    other = desk.house.rows("SELECT id FROM members WHERE name = 'Nadia Petit' AND is_current")[0][0]
    desk.post(f"/see-as/{other}")
    assert keeper(desk, "/agenda/2026-11-24") == ""


def test_the_script_beside_the_pages_reaches_all_of_them(desk: Desk):
    script = desk.get("/keeper.js")
    assert script.content_type.startswith("text/javascript")
    assert script.headers["Cache-Control"] == "no-cache"
    assert "Expires" not in script.headers
    policy = script.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy


def test_files_may_be_kept_as_their_address_changes_with_them(desk: Desk):
    address = desk.app.static_url_path
    assert re.fullmatch(r"/static/[0-9a-f]{12}", address)
    assert f'src="{address}/js/main.js"' in desk.get("/agenda/2026-11-24").get_data(as_text=True)
    assert "max-age=31536000" in desk.get(f"{address}/js/main.js").headers["Cache-Control"]
    assert desk.get("/static/js/main.js").status_code == 404


def test_another_content_is_another_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    addresses = set()
    for name, written in (("one.css", "a"), ("one.css", "b"), ("two.css", "b")):
        (tmp_path / name).write_text(written)
        addresses.add(static_files.address())
    assert len(addresses) == 3
