"""The wiring: every reader, job and command is where it must be."""

import inspect
import re
from pathlib import Path

import pytest

import accounts.commands
import accounts.people.commands
import accounts.people.links
import accounts.people.passkeys
import accounts.people.passwords
import accounts.people.second_factor
import accounts.people.sessions
import agenda.commands
import booking.commands
import booking.policies
import booking.series.commands
import clients.commands
import importing.commands
import notifications.messages.commands
from carnet.wiring import JOBS, READERS
from kernel import migrations
from kernel.reader import Policy, Reader

SOURCES = Path(migrations.__file__).parent.parent
ASKED = (accounts.commands, agenda.commands, booking.commands, booking.series.commands)
ASKED += (accounts.people.commands, accounts.people.links, accounts.people.passkeys, accounts.people.passwords)
ASKED += (accounts.people.second_factor, accounts.people.sessions)
ASKED += (clients.commands, importing.commands, notifications.messages.commands)
COMMANDS = [
    function
    for module in ASKED
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if hasattr(function, "__wrapped__") and function.__module__.startswith(module.__name__)
]


def test_there_are_commands():
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_command_begins_with_the_log_and_says_who_asks(command):
    names = list(inspect.signature(command).parameters)
    assert names[0] == "log"
    assert "by" in names
    assert inspect.signature(command).parameters["by"].kind is inspect.Parameter.KEYWORD_ONLY


def test_every_reader_of_the_house_is_wired():
    """Readers are module-level values of projections and policies; one that nobody runs would stay empty."""
    made = [
        (path.name, name)
        for path in [*SOURCES.glob("projections/*.py"), *SOURCES.rglob("policies.py")]
        for name in re.findall(r"^(\w+) = (?:View|Policy|History|Outbox)\(", path.read_text(), re.MULTILINE)
    ]
    assert {name for _, name in made} == {reader.name for reader in READERS}


def test_every_view_table_has_its_reader():
    written = {table for reader in READERS for table in reader.tables}
    sql = "\n".join(path.read_text() for path in SOURCES.glob("migrations/*.sql"))
    assert written == set(re.findall(r"CREATE TABLE (view_\w+)", sql))


def test_reader_names_are_their_own():
    assert len({reader.name for reader in READERS}) == len(READERS)


def test_every_job_that_a_policy_queues_is_done_by_somebody():
    queued = {
        name for path in SOURCES.rglob("policies.py") for name in re.findall(r'Job\(\s*"(\w+)"', path.read_text())
    }
    assert queued
    assert queued == set(JOBS)


def test_policies_queue_and_views_do_not():
    assert any(isinstance(reader, Policy) for reader in READERS)
    assert all(not reader.tables for reader in READERS if isinstance(reader, Policy))
    assert all(isinstance(reader, Reader) for reader in READERS)


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_a_file_opens_with_a_sentence_and_stays_short(path: Path):
    lines = path.read_text().splitlines()
    assert lines, f"{path} is empty"
    assert lines[0].startswith('"""'), f"{path} does not say what lives there"
    assert len(lines) <= 300, f"{path} holds more than one thing"


def test_migrations_are_numbered_without_holes():
    names = [path.name for path in sorted(SOURCES.glob("migrations/*.sql"))]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
