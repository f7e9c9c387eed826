"""Every row that may stand once only: whoever comes second is answered, whatever was under way."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import ExclusionViolation, UniqueViolation

from accounts.people.acts import as_self
from accounts.people.browsers import Browser
from accounts.people.commands import register_person
from accounts.people.links import ask_to_confirm
from accounts.people.sessions import open_session
from accounts.team.commands import add_member
from accounts.token_secrets import fresh_secret
from booking.commands import note_list_export
from carnet.wiring import READERS
from clients.commands import create_client, edit_client
from importing.commands import receive_import
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.migrations import READER_WRITES
from kernel.store import Log, Store
from tests.races.test_order import waiting
from tests.story import NOW, House, eventually

Target = Store | Log
Deed = Callable[[Target, Act], Any]
UNIQUE = """
SELECT c.relname, i.relname FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND (x.indisunique OR x.indisexclusion)"""
FILE = "Nom;Prénom\nMartin;Léa\n".encode()


class Meeting(NamedTuple):
    """Two deeds that want one row: one under way, and another that begins before it has ended."""

    first: Deed
    second: Deed
    is_exclusive: bool = False
    person_id: UUID | None = None


def twice(deed: Deed, *, is_exclusive: bool = False, person_id: UUID | None = None) -> Meeting:
    return Meeting(deed, deed, is_exclusive, person_id)


def same_event(house: House) -> Meeting:
    id = uuid4()
    return twice(lambda target, by: note_list_export(target, id, count=3, by=by))


def same_client(house: House) -> Meeting:
    id = uuid4()
    return twice(lambda target, by: create_client(target, id, {"last_name": "Martin"}, by=by))


def same_version_of_a_client(house: House) -> Meeting:
    id = house.client()
    return twice(lambda target, by: edit_client(target, id, {"last_name": str(uuid4())}, by=by))


def same_key(house: House) -> Meeting:
    def first(log: Log, by: Act) -> None:
        note_list_export(log, uuid4(), count=1, by=by)
        log.write_kept(key="one key")

    return Meeting(first, lambda store, by: note_list_export(store, uuid4(), count=2, by=by.once("one key")))


def same_import(house: House) -> Meeting:
    id = uuid4()
    return twice(lambda target, by: receive_import(target, id, "clients.csv", FILE, by=by))


def same_member(house: House) -> Meeting:
    id, facts = uuid4(), {"name": "Sonia", "email": "sonia@exemple.fr", "role": "viewer"}
    return twice(lambda target, by: add_member(target, id, person_id=uuid4(), **facts, by=by), is_exclusive=True)


def same_session(house: House) -> Meeting:
    person, id = house.person(), uuid4()
    return twice(lambda target, by: sign_in(target, person, id, uuid4()), is_exclusive=True, person_id=person)


def same_device(house: House) -> Meeting:
    """The second claims to be the browser of the first, and has another secret."""
    person, device = house.person(), uuid4()
    return twice(lambda target, by: sign_in(target, person, uuid4(), device), is_exclusive=True, person_id=person)


def sign_in(target: Target, person: UUID, id: UUID, device: UUID) -> None:
    browser = Browser(words="Firefox", address="127.0.0.1", device=fresh_secret(person, device))
    facts = {"secret": fresh_secret(person, id), "method": "password", "browser": browser, "is_proven": True}
    open_session(target, id, **facts, by=as_self(person, NOW))


def same_link(house: House) -> Meeting:
    person, id = house.person(), uuid4()
    deed = lambda target, by: ask_to_confirm(target, id, "autre@exemple.fr", by=as_self(person, NOW))  # noqa: E731
    return twice(deed, is_exclusive=True, person_id=person)


def same_person(house: House) -> Meeting:
    person = uuid4()
    deed = lambda target, by: register_person(  # noqa: E731
        target, name="Léa", email=f"{uuid4()}@exemple.fr", by=as_self(person, NOW)
    )
    return twice(deed, is_exclusive=True, person_id=person)


def same_address(house: House) -> Meeting:
    email, one = f"{uuid4()}@exemple.fr", uuid4()
    first = lambda target, by: register_person(target, name="Léa", email=email, by=as_self(one, NOW))  # noqa: E731
    second = lambda target, by: register_person(target, name="Léo", email=email, by=as_self(uuid4(), NOW))  # noqa: E731
    return Meeting(first, second, is_exclusive=True, person_id=one)


MEETINGS = {
    same_event: {"events_pkey"},
    same_client: {"client_files_pkey"},
    same_version_of_a_client: {"clients_pkey"},
    same_key: {"commands_pkey"},
    same_import: {"import_files_pkey"},
    same_member: {"members_pkey"},
    same_session: {"sessions_pkey"},
    same_device: {"devices_pkey"},
    same_link: {"links_pkey"},
    same_person: {"people_pkey"},
    same_address: {"logins_email_key"},
}
# What no command can meet, and why.
RANDOM = "its identifier is drawn for this very row"
ON_CONFLICT = "whoever writes it says what happens when it is there"
FIRST_OTHERS = "another row of the same command is met first"
ASKED_BEFORE = "looked up under the exclusive lock before it is written"
UNMET = {
    "texts_pkey": RANDOM,
    "webhook_secrets_pkey": RANDOM,
    "recovery_codes_pkey": RANDOM,
    "states_pkey": ON_CONFLICT,
    "logins_pkey": ON_CONFLICT,
    "credentials_pkey": ON_CONFLICT,
    "second_factors_pkey": ON_CONFLICT,
    "peppers_pkey": ON_CONFLICT,
    "blocked_contacts_pkey": ON_CONFLICT,
    "distinct_clients_pkey": ON_CONFLICT,
    "letters_pkey": ON_CONFLICT,
    "rate_windows_pkey": ON_CONFLICT,
    "door_tries_pkey": ON_CONFLICT,
    "one_at_a_time": "the rules see the same rows under the same lock (written by hand in test_log)",
    "claims_pkey": FIRST_OTHERS,
    "api_tokens_pkey": FIRST_OTHERS,
    "states_by_stream": FIRST_OTHERS,
    "clients_current": FIRST_OTHERS,
    "members_current": FIRST_OTHERS,
    "people_current": FIRST_OTHERS,
    "import_lines_pkey": ON_CONFLICT,
    "import_uploads_pkey": FIRST_OTHERS,
    "import_previews_pkey": ON_CONFLICT,
    "passkeys_pkey": "a key is known by its credential, and answered as known (test_passkeys)",
    "passkeys_organisation_id_credential_id_key": "answered as known (test_passkeys)",
    "members_by_person": ASKED_BEFORE,
    "migrations_pkey": "one migration runs at a time",
    "positions_pkey": ON_CONFLICT,
    "revisions_pkey": ON_CONFLICT,
    "held_sending_pkey": ON_CONFLICT,
}


@pytest.fixture
def violated(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The constraints that statements have violated, whatever became of it."""
    found: set[str] = set()

    def watched(execute: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **facts: Any) -> Any:
            try:
                return execute(*args, **facts)
            except (UniqueViolation, ExclusionViolation) as clash:
                found.add(clash.diag.constraint_name)
                raise

        return run

    monkeypatch.setattr(psycopg.Cursor, "execute", watched(psycopg.Cursor.execute))
    return found


@pytest.mark.parametrize("meet", MEETINGS, ids=lambda meet: meet.__name__)
def test_whoever_comes_second_is_answered(meet: Callable[[House], Meeting], house: House, violated: set[str]):
    met, answers = meet(house), []
    by = house.by() if met.person_id is None else as_self(met.person_id, NOW)

    def second() -> None:
        try:
            answers.append(met.second(house.store, house.by()))
        except Refusal as refusal:
            answers.append(refusal)

    later = threading.Thread(target=second)
    with house.store.log(by, is_exclusive=met.is_exclusive) as log:
        met.first(log, by)
        log.write_kept()
        later.start()
        assert eventually(lambda: waiting(house.store) or not later.is_alive())
    later.join()
    assert len(answers) == 1
    assert violated >= MEETINGS[meet]


def test_every_row_that_may_stand_once_only_is_met_or_cannot_be(house: House):
    views = {table for reader in READERS for table in reader.tables} | READER_WRITES
    there = {constraint for table, constraint in house.rows(UNIQUE) if table not in views}
    met = set().union(*MEETINGS.values())
    assert met | UNMET.keys() == there
    assert not met & UNMET.keys()
