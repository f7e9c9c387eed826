"""An import that is killed or stopped leaves whole lines, and running it again completes it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importing.house import bring_in, until_ctrl_c
from importing.report import Line, Report
from tests.story import House, eventually

ROOT = Path(__file__).parents[2]
AGENDA = ROOT / "tests/data/real-input/karim-benali.ics"
CLIENTS = ROOT / "tests/data/real-input/clients.csv"
BOOKED = "SELECT count(*) FROM events WHERE name = 'AppointmentBooked'"
# Of a whole line, the end was written with the beginning.
HALF = """
SELECT count(*) FROM events b WHERE name = 'AppointmentBooked'
AND (state::json#>>'{segments,0,ends_at}')::timestamptz < %s
AND NOT EXISTS (SELECT FROM events e WHERE e.stream_id = b.stream_id AND e.version = 2)"""


class Importing:
    """The command line at work on a house."""

    def __init__(self, house: House, url: str, home: Path):
        self.house = house
        self.environ = os.environ | {
            "DATABASE_URL": url,
            "CARNET_HOME": str(home),
            "PYTHONPATH": str(ROOT / "src"),
            "LANG": "fr_FR.UTF-8",
            "LC_ALL": "",
        }

    def command(self, what: str, file: Path, *options: str) -> list[str]:
        whose = ("--organisation", str(self.house.id))
        return [sys.executable, "-m", "carnet", "import", what, str(file), *whose, *options]

    def run(self, what: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
        words = self.command(what, file, *options)
        return subprocess.run(words, env=self.environ, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603

    @contextmanager
    def begun(self, what: str, file: Path) -> Iterator[subprocess.Popen]:
        """While it is in the middle."""
        words = self.command(what, file)
        with subprocess.Popen(words, env=self.environ, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert eventually(lambda: self.house.rows(BOOKED)[0][0] > 200, 90)
            yield process


@pytest.fixture(autouse=True)
def hearing() -> Iterator[None]:
    """Ctrl-C is heard, here and by what is started, also when the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def importing(house: House, database_url: str, tmp_path: Path) -> Importing:
    return Importing(house, database_url, tmp_path)


def test_killed_in_the_middle_it_is_completed_by_another_run(house: House, importing: Importing):
    begun_at = house.rows("SELECT now()")[0][0]
    with importing.begun("appointments", AGENDA) as process:
        process.kill()
    time.sleep(0.1)
    kept = house.rows(BOOKED)[0][0]
    assert 200 < kept < 1900
    assert house.rows(HALF, begun_at) == [(0,)]
    assert "refusé : 1\n" in importing.run("appointments", AGENDA).stdout
    assert house.rows(BOOKED) == [(1943,)]
    assert house.rows(HALF, begun_at) == [(0,)]


def test_stopped_by_hand_it_says_how_to_go_on(house: House, importing: Importing):
    with importing.begun("appointments", AGENDA) as process:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=90)[0]
    assert process.returncode == 130
    assert "Relancez la même commande" in said
    assert int(said.split("importé : ")[1].split(" ")[0]) >= house.rows(BOOKED)[0][0] - 1


class ClearedUp:
    """Ctrl-C is pressed while something is cleared up, where no exception gets out."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_is_heard_wherever_it_is_met():
    def settle(number: int) -> Line:
        if number == 3:
            ClearedUp()
        return Line(number, "imported", "")

    report = Report("file")
    bring_in(range(1, 9), settle, report, iter)
    assert report.is_interrupted
    assert [line.number for line in report.lines] == [1, 2, 3]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_whoever_was_started_deaf_to_ctrl_c_stays_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with until_ctrl_c() as stopping:
        signal.raise_signal(signal.SIGINT)
        assert not stopping.is_set()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_command_tells_what_became_of_the_file(importing: Importing, tmp_path: Path):
    done = importing.run("clients", CLIENTS, "--report", str(tmp_path / "report.csv"))
    assert done.returncode == 0, done.stderr
    assert "importé : 639 · mis à jour : 0 · déjà connu : 1 · laissé de côté : 0 · refusé : 0" in done.stdout
    assert len((tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()) == 642
    assert done.stderr == ""


def test_it_speaks_english_where_that_is_spoken(importing: Importing):
    importing.environ["LANG"] = "en_GB.UTF-8"
    (file := Path(importing.environ["CARNET_HOME"]) / "odd.csv").write_text("colour\nblue\n")
    done = importing.run("clients", file)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: No line of headings was recognised. Needed at least: Nom, Nom complet.\n",
    )
