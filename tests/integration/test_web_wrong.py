"""Whatever is sent, the answer is a page in words and never a failure of ours."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.browser.visitor import Desk, open_desk, words

NOBODY = UUID(int=7)
KNOWN = dict.fromkeys(("id", "client_id", "service_id", "resource_id"), NOBODY)
BAD = [
    ("/appointments", {}),
    ("/appointments", {"id": "x", "client_id": "y", "service_id": "z", "resource_id": "w", "starts_at": "soon"}),
    ("/appointments", KNOWN | {"on": "2026-02-30", "time": "25:99"}),
    ("/appointments", KNOWN | {"starts_at": "9999-12-31T23:59:59Z"}),
    ("/appointments", KNOWN | {"starts_at": "2026-11-24T09:00:00Z"}),
    (f"/appointments/{NOBODY}/move", {"starts_at": "2026-11-24T09:00:00Z"}),
    (f"/appointments/{NOBODY}/cancel", {}),
    (f"/appointments/{NOBODY}/edit", {"note": "x"}),
    (f"/appointments/{NOBODY}/explode", {}),
    ("/appointments/nonsense/cancel", {}),
    ("/clients", {"id": "x"}),
    (f"/clients/{NOBODY}/edit", {"expected_version": "1", "last_name": "x"}),
    ("/clients", {"id": NOBODY, "last_name": "x\x00y", "birth_on": "hier"}),
    ("/sign-in", {}),
]


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("path", "sent"), BAD)
def test_bad_input_is_never_a_failure_of_ours(desk: Desk, path: str, sent: dict, htmx: bool):
    assert desk.post(path, htmx=htmx, **sent).status_code in (400, 404, 409, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/appointments/new?resource=x&at=y",
        f"/appointments/new?resource={NOBODY}&at=2026-11-24T09:00:00Z",
        "/appointments/new?resource=x",
        "/clients?letter=%00",
        "/clients?words=%25%27%22",
        "/clients?after=x",
        "/history?before=-1",
        "/history?before=99999999999999999999",
        "/agenda/?on=x",
        "/nowhere",
    ],
)
def test_a_bad_address_is_never_a_failure_of_ours(desk: Desk, path: str):
    assert desk.get(path).status_code in (200, 400, 404)


def test_a_failure_of_ours_is_said_calmly(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("web.history.log.page", lambda *_, **__: 1 / 0)
    answer = desk.get("/history")
    assert (answer.status_code, "de notre côté" in words(answer)) == (500, True)
