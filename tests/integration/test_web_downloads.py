"""Files that pages and programs answer: each says once what it is, and comes in blocks."""

import inspect
from collections.abc import Callable, Iterator

import pytest
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from exporting import FORMATS
from exporting.blocks import A_BLOCK, in_blocks
from tests.api.program import Program
from tests.browser.visitor import Desk, open_desk
from tests.integration.test_import_pages import PEOPLE, do_jobs, upload

TYPES = {
    "csv": ("text/csv", {"charset": "utf-8"}),
    "csv-comma": ("text/csv", {"charset": "utf-8"}),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", {}),
    "xml": ("application/xml", {"charset": "utf-8"}),
    "vcard": ("text/vcard", {"charset": "utf-8"}),
    "vcard-3": ("text/vcard", {"charset": "utf-8"}),
}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        opened.house.client("Zoé", "Noël")
        yield opened.enter("manager")


def imported(desk: Desk) -> TestResponse:
    place = upload(desk, PEOPLE.encode()).location
    desk.post(f"{place}/start")
    do_jobs(desk)
    return desk.get(f"{place}/report.csv")


# By endpoint: how it is asked, and what it answers for each format.
ASKED: dict[str, Callable[[Desk, str], TestResponse]] = {
    "files.take_out": lambda desk, name: desk.post("/clients/export", file_format=name),
    "clients.export": lambda desk, name: Program(desk.house, desk.app).call("GET", f"/clients/export?format={name}"),
    "files.take_out_one": lambda desk, _: desk.post(f"/clients/{desk.house.client('Anne', 'Petit')}/export"),
    "files.report": lambda desk, _: imported(desk),
    "desk.take_list_out": lambda desk, _: desk.post("/list/file"),
}
OF_ONE_KIND = {"files.take_out_one": ("application/zip", {})}


def test_every_route_that_answers_a_file_is_asked_here(desk: Desk):
    views = desk.visitor.application.view_functions.items()
    assert {name for name, view in views if "download(" in inspect.getsource(inspect.unwrap(view))} == set(ASKED)


@pytest.mark.parametrize("endpoint", ASKED)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_says_once_what_it_is(desk: Desk, endpoint: str, name: str):
    answer = ASKED[endpoint](desk, name)
    assert answer.status_code == 200
    kind = TYPES[name] if endpoint in ("files.take_out", "clients.export") else OF_ONE_KIND.get(endpoint, TYPES["csv"])
    written = answer.headers["Content-Type"]
    assert parse_options_header(written) == kind
    assert written.count("charset") == len(kind[1])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_lines_are_sent_in_blocks():
    lines = [b"x" * 200] * 10_000
    blocks = list(in_blocks(lines))
    assert b"".join(blocks) == b"".join(lines)
    assert len(blocks) == -(-sum(map(len, lines)) // A_BLOCK)
    assert list(in_blocks([])) == []
