"""Files that are broken or made to be a burden: each ends as one sentence, within little memory and little time."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import pytest

from importing import apart, child
from importing.apart import StillReading, read_apart
from importing.child import PROCESSOR
from importing.limits import LARGEST, MOST_CELLS, MOST_ROWS
from importing.parts import Asked, Part
from importing.patience import TookTooLong, patience
from importing.report import FileRefused
from importing.sentences import SENTENCES
from tests.data.hostile import BEARABLE, BROKEN, DENSE, HUGE, calendar, excel

CLIENTS = Asked("clients")
AGENDA = Asked("agenda", "Europe/Paris", datetime(2028, 11, 20, tzinfo=UTC))


def read(data: bytes, asked: Asked = CLIENTS) -> list[Part]:
    return list(read_apart(asked, [data]))


def reason(data: bytes, asked: Asked = CLIENTS) -> str:
    """Why the file is refused; there is a sentence for it in both languages."""
    with pytest.raises(FileRefused) as refused:
        read(data, asked)
    assert refused.value.sentence("fr") != refused.value.sentence("en")
    return refused.value.reason


def rows(parts: list[Part]) -> list[list[object]]:
    return [row.cells for part in parts for row in getattr(part, "rows", [])]


@pytest.fixture
def spent() -> Iterator[None]:
    """Nothing takes a child more than it may have, whatever the machine is busy with."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < PROCESSOR + 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_broken_in_a_small_way_is_one_that_does_not_open(name: str):
    assert reason(BROKEN[name]()) == "excel_unreadable"


def test_the_same_file_unbroken_opens():
    assert rows(read(excel())) == [["Dupont"]]


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("name", HUGE)
def test_a_file_that_unfolds_is_refused_before_it_does(name: str):
    make, expected = HUGE[name]
    assert reason(make()) == expected


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("name", BEARABLE)
def test_what_looks_like_a_burden_and_is_none_is_read(name: str):
    make, count = BEARABLE[name]
    assert len(rows(read(make()))) == count


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("name", DENSE)
def test_a_rule_that_never_ends_costs_its_own_entry_alone(name: str):
    plain = calendar().partition(b"BEGIN:VEVENT")[2]
    data = DENSE[name]().replace(b"END:VCALENDAR\r\n", b"BEGIN:VEVENT" + plain.replace(b"UID:a", b"UID:b"))
    found = [entry for part in read(data, AGENDA) for entry in getattr(part, "entries", [])]
    said = [entry.reason for entry in found if hasattr(entry, "reason")]
    assert [entry.source_id for entry in found if hasattr(entry, "source_id")] == ["b"]
    assert len(said) == 1
    assert said[0] in SENTENCES


def test_a_file_that_goes_on_is_not_read_to_its_end():
    with pytest.raises(FileRefused) as refused:
        list(read_apart(CLIENTS, repeat(b"x" * 1024**2)))
    assert refused.value.reason == "file_too_large"


def test_whoever_has_no_time_is_told_so_and_the_child_is_gone():
    began = time.monotonic()
    with pytest.raises(StillReading):
        list(read_apart(CLIENTS, [excel()], seconds=0.01))
    assert time.monotonic() - began < 5
    assert rows(read(excel())) == [["Dupont"]]


def test_only_so_many_children_read_at_one_time():
    for _ in range(2):
        assert apart.PLACES.acquire(timeout=1)
    try:
        with pytest.raises(StillReading):
            list(read_apart(CLIENTS, [excel()], seconds=0.01))
    finally:
        apart.PLACES.release()
        apart.PLACES.release()


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CARNET_SECRET_KEY", "secret")
    with apart.child(10) as (process, _), open(f"/proc/{process.pid}/environ", "rb") as environment:
        assert b"secret" not in environment.read()


def test_a_child_has_no_more_memory_than_is_said():
    folder = str(Path(child.__file__).parent)
    code = f"import sys; sys.path.insert(0, {folder!r}); import child; child.bound(); bytearray(child.MEMORY)"
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False)
    assert b"MemoryError" in ended.stderr


def test_what_is_cut_at_the_last_cell_is_only_emptiness():
    wide = b"Nom" + b";" * (MOST_CELLS + 50) + b"\nZoe" + b";" * (MOST_CELLS + 50) + b"\n"
    assert rows(read(wide))[0][0] == "Zoe"
    assert reason(wide[:-1] + b"x\n") == "too_many_columns"


def test_as_many_rows_as_are_said_are_read():
    assert len(rows(read(b"Nom\n" + b"x\n" * MOST_ROWS))) == MOST_ROWS
    assert reason(b"Nom\n" + b"x\n" * (MOST_ROWS + 1)) == "too_many_rows"
    assert reason(b"Nom\n" + b"x" * LARGEST) == "file_too_large"


def test_patience_ends_whoever_is_asked():
    with pytest.raises(TookTooLong), patience(0.05):
        count_to(50_000_000)


def test_patience_that_is_over_rings_no_more():
    with patience(0.05):
        pass
    count_to(2_000_000)


def count_to(number: int) -> None:
    """As libraries work that are written in Python; others are bounded by the child as a whole."""
    for _ in range(number):
        pass
