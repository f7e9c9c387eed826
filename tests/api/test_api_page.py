"""The page that describes the programming face is enough: its own commands book, move and cancel."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html import unescape

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.api.program import Program, code


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Nothing: pytest shows what failed."""


@pytest.fixture
def address(program: Program) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, program.app, threaded=True, request_handler=Silent)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_commands_on_the_page_book_move_and_cancel(program: Program, address: str):
    page = program.browser.get("/api/v1/", headers={"Host": address.removeprefix("http://")}).text
    script = unescape(re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)[1])
    commands = re.findall(r"^curl .*?[^\\]$", script, re.MULTILINE | re.DOTALL)
    said = {"$API": f"{address}/api/v1", "$TOKEN": program.secret}
    said |= {"2026-12-01": "2026-11-24", "2026-12-07": "2026-11-24"}

    def run(command: str, **known: str) -> dict:
        for word, value in (*said.items(), *known.items()):
            command = command.replace(word, value)
        return json.loads(subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout)

    services, resources, slots, book, move, cancel = commands
    service = next(one["id"] for one in run(services)["items"] if one["name"] == "Massage")
    person = next(one["id"] for one in run(resources)["items"] if one["name"] == "Claire Moreau")
    free = [slot["starts_at"] for slot in run(slots, SERVICE=service, PERSON=person)["items"]]
    made = run(book, START=free[0], SERVICE=service, PERSON=person)
    moved = run(move.replace("ANOTHER START", free[-1]).replace("/ID/", f"/{made['id']}/"))
    assert (made["starts_at"], moved["starts_at"]) == (free[0], free[-1])
    ended = run(cancel.replace("/ID/", f"/{made['id']}/"))
    assert (ended["id"], ended["status"]) == (made["id"], "cancelled")


def test_every_operation_stands_on_the_page_with_its_scope(program: Program):
    page, told = program.browser.get("/api/v1/").text, program.browser.get("/api/v1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    operations = [one for methods in told["paths"].values() for one in methods.values() if isinstance(one, dict)]
    assert len(operations) > 50
    assert all(f'id="{one["operationId"]}"' in page for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_every_code_that_is_answered_is_on_the_page(program: Program):
    page = program.browser.get("/api/v1/").text
    for answer in (program.book("2026-11-24T12:30:00+01:00"), program.call("GET", "/nowhere"), program.post("/holds")):
        assert f'<tr id="{answer.json["code"]}">' in page
    assert code(program.call("GET", "/nowhere")) == (404, "not_found")
    assert code(program.call("DELETE", "/organisation")) == (405, "method_not_allowed")


def test_the_refusal_speaks_the_callers_language(program: Program):
    headers = {"Accept-Language": "en"}
    french, english = program.call("GET", "/nowhere"), program.browser.get("/api/v1/nowhere", headers=headers)
    assert french.json["detail"] == "Rien de tel dans cette organisation."
    assert english.json["detail"] == "No such thing in this organisation."
