"""Thousands of files that nobody wrote: each is read, or refused in a sentence, within the bounds of a child."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from importing.apart import read_apart
from importing.child import MEMORY
from importing.report import FileRefused
from tests.browser.visitor import Desk, open_desk
from tests.data.mutations import made
from tests.properties.reading_apart import asked_of

FILES = 100_000 if os.environ.get("CARNET_FULL") == "1" else 2_000
AT_ONCE = 500
READER = Path(__file__).parent / "reading_apart.py"


@pytest.mark.parametrize("first", range(0, FILES, AT_ONCE))
def test_no_file_is_a_fault(first: int):
    command = [sys.executable, READER, str(first), str(first + AT_ONCE)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert told["numbers"] == []
    assert told["mb"] <= MEMORY / 1024**2
    assert told["read"] > AT_ONCE / 10
    # A child that is killed for what it needs is a refusal too; made-up files of this size need it hardly ever.
    assert told.get("too heavy", 0) <= AT_ONCE / 50


@pytest.mark.parametrize("number", range(0, 2_000, 50))
def test_the_program_reads_a_few_of_them_as_it_reads_every_file(number: int):
    with suppress(FileRefused):
        assert list(read_apart(asked_of(number), [made(number)]))


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("manager")


def test_no_upload_is_a_fault(desk: Desk):
    for number in range(40):
        sent = {"file": (BytesIO(made(number)), f"{number}.csv")}
        answer = desk.visitor.post("/clients/import", data=sent)
        assert answer.status_code in (303, 422), number
        if answer.status_code == 303:
            assert desk.get(answer.location).status_code == 200, number
