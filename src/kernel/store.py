"""The log as commands use it, and the decorator that makes a command of a function."""

import functools
import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid4

import msgspec
from eventsourcing.persistence import EventStore
from psycopg import Connection

from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.database import Database, lock_key
from kernel.errors import (
    KeyTaken,
    KeyUsedDifferently,
    NotFound,
    Refusal,
    VersionChanged,
)
from kernel.events import MAPPER, Event
from kernel.recorder import Recorder
from kernel.retries import with_retries
from kernel.texts import clean

Params = ParamSpec("Params")
Kind = TypeVar("Kind", bound=Aggregate)

REMEMBERED = "SELECT fingerprint, position FROM commands WHERE origin = %s AND key = %s"
STATE = "SELECT state FROM states WHERE kind = %s AND stream_id = %s"
PUT_STATE = """
WITH counted AS (
    INSERT INTO revisions AS r (revision) VALUES (1)
    ON CONFLICT (organisation_id) DO UPDATE SET revision = r.revision + 1)
INSERT INTO states (kind, stream_id, version, state) VALUES (%s, %s, %s, %s)
ON CONFLICT (organisation_id, kind, stream_id) DO UPDATE SET version = excluded.version, state = excluded.state"""


class MustBeExclusive(Exception):  # noqa: N818 — a command that forgot to say so
    """A command changes what others decide on, and does not keep them out meanwhile."""


class Log:
    """One organisation's log inside one transaction. What is kept here becomes true together, or not at all.

    Either many commands of an organisation are under way, or one that `is_exclusive`: so none decides on settings
    that another changes before it. `revision` is that of the settings when it began. What is kept is written with
    the command's key at the end, or before anything is read again.
    """

    def __init__(self, transaction: Connection, by: Act, *, is_exclusive: bool = False, revision: int = 0):
        self.transaction = transaction
        self.by = by
        self.is_exclusive = is_exclusive
        self.revision = revision
        self.recorder = Recorder(transaction)
        self.store = EventStore(MAPPER, self.recorder)
        self.kept: list[Event] = []

    @property
    def connection(self) -> Connection:
        self.write_kept()
        return self.transaction

    @property
    def events(self) -> EventStore:
        self.write_kept()
        return self.store

    @property
    def position(self) -> int:
        """The position of the last event kept here; 0 when nothing was."""
        self.write_kept()
        return self.recorder.position

    def write_kept(self, *, key: str = "", asked: bytes = b"") -> None:
        """With the key of the command, as its last statement; `asked` is the fingerprint of what it was asked."""
        remembered = (self.by.origin, key, asked, self.by.at) if key else ()
        if self.kept:
            events, self.kept = self.kept, []
            self.store.put(events, events=events, remembered=remembered)
        elif key:
            self.recorder.remember(*remembered)

    def find(self, kind: type[Kind], id: UUID) -> Kind | None:
        found = found_in(self.connection, kind, id)
        self.must_be_as_seen(id, found.version if found else 0)
        return found

    def must_be_as_seen(self, id: UUID, version: int) -> None:
        seen = self.by.expects
        if seen and seen[0] == id and seen[1] != version:
            raise VersionChanged(expected=seen[1], current=version)

    def get(self, kind: type[Kind], id: UUID) -> Kind:
        found = self.find(kind, id)
        if found is None:
            raise NotFound(kind=kind.__name__, id=str(id))
        return found

    def list(self, kind: type[Kind]) -> list[Kind]:
        return listed(self.connection, kind)

    def lock(self, ids: Iterable[UUID]) -> None:
        """Holds these resources until the transaction ends."""
        query = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key"
        self.connection.execute(query, (lock_keys(self.by.organisation_id, ids),), prepare=True)

    def write(self, words: str, *, kind: str, about: UUID | None = None) -> UUID | None:
        """Keeps words that may be erased, outside the log; the event carries the identifier. None for no words."""
        words = clean(words)
        if not words:
            return None
        id = uuid4()
        query = "INSERT INTO texts (id, subject_id, kind, words, written_at) VALUES (%s, %s, %s, %s, %s)"
        self.connection.execute(query, (id, about, kind, words, self.by.at), prepare=True)
        return id

    def keep(self, *aggregates: Aggregate) -> None:
        """Appends what these have decided, with the time it claims. Nothing new keeps nothing."""
        self.write_kept()
        self.kept = [event for aggregate in aggregates for event in aggregate.collect_events()]
        for aggregate in aggregates:
            if aggregate.is_listed:
                self.put_state(aggregate)

    def put_state(self, aggregate: Aggregate) -> None:
        if not self.is_exclusive:
            raise MustBeExclusive(type(aggregate).__name__)
        state = msgspec.json.encode(aggregate).decode()
        row = (type(aggregate).__name__, aggregate.id, aggregate.version, state)
        self.connection.execute(PUT_STATE, row, prepare=True)


class Store:
    """The log of one installation, for one process. Build it after a fork."""

    def __init__(self, database_url: str, *, size: int = 8):
        self.database = Database(database_url, size=size)

    @contextmanager
    def log(self, by: Act, *, is_exclusive: bool = False) -> Iterator[Log]:
        with self.database.deciding(by.organisation_id, is_exclusive=is_exclusive) as (connection, revision):
            log = Log(connection, by, is_exclusive=is_exclusive, revision=revision)
            yield log
            log.write_kept()

    @contextmanager
    def reading(self, organisation_id: UUID) -> Iterator[Connection]:
        with self.database.within(organisation_id) as connection:
            yield connection

    def find(self, organisation_id: UUID, kind: type[Kind], id: UUID) -> Kind | None:
        """One aggregate as it is now, to look at."""
        with self.reading(organisation_id) as connection:
            return found_in(connection, kind, id)

    def find_as_of(self, organisation_id: UUID, kind: type[Kind], id: UUID, version: int) -> Kind | None:
        """One aggregate as it was at an earlier version, to look at."""
        with self.reading(organisation_id) as connection:
            events = EventStore(MAPPER, Recorder(connection)).get(id)
            return kind.replay(id, itertools.takewhile(lambda event: event.originator_version <= version, events))

    def wait_for(self, position: int, timeout: float = 1.0) -> bool:
        """Whether every reader has passed this position within `timeout` seconds."""
        until = time.monotonic() + timeout
        while self.read_by_all() < position:
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
        return True

    def read_by_all(self) -> int:
        with self.database.at_the_door() as connection:
            return connection.execute("SELECT coalesce(min(position), 0) FROM positions", prepare=True).fetchone()[0]

    def close(self) -> None:
        self.database.close()


def found_in(connection: Connection, kind: type[Kind], id: UUID) -> Kind | None:
    """The aggregate in the organisation of this connection; None when there is none, or it is of another kind."""
    if not kind.is_listed:
        return kind.replay(id, EventStore(MAPPER, Recorder(connection)).get(id))
    row = connection.execute(STATE, (kind.__name__, id), prepare=True).fetchone()
    return msgspec.json.decode(row[0], type=kind) if row else None


def listed(connection: Connection, kind: type[Kind]) -> list[Kind]:
    """Every aggregate of a listed kind in the organisation of this connection."""
    query = "SELECT state FROM states WHERE kind = %s ORDER BY stream_id"
    decode = functools.partial(msgspec.json.decode, type=kind)
    return [decode(state) for (state,) in connection.execute(query, (kind.__name__,), prepare=True)]


def lock_keys(organisation_id: UUID, ids: Iterable[UUID]) -> list[int]:
    """Keys for the advisory locks of these resources, always in the same order, so that nobody deadlocks."""
    return sorted({lock_key(organisation_id, id) for id in ids})


# Every command there is, by name, with the right that it needs.
COMMANDS: dict[str, str] = {}

Decide = Callable[Concatenate[Log, Params], Any]
Command = Callable[Concatenate["Store | Log", Params], int]


def command(right: str, *, is_exclusive: bool = False) -> Callable[[Decide[Params]], Command[Params]]:
    """Makes a command of a function that decides on a log and keeps; its last argument is `by`.

    One that changes what other commands decide on (listed aggregates, who is blocked) `is_exclusive`: it waits until
    those under way have ended, and those that follow see what it did.

    Refuses whoever does not hold `right`, and what that right does not reach. Given a store, it runs in a transaction
    of its own, again when another command was faster, and returns the log position. The same key with the same
    arguments returns the same position and changes nothing; with other arguments it is refused. Given a log, it joins
    the transaction of the command that calls it.
    """

    def make(decide: Decide[Params]) -> Command[Params]:
        COMMANDS[decide.__name__] = right

        @functools.wraps(decide)
        def run(target: "Store | Log", *args: Params.args, **facts: Params.kwargs) -> int:
            facts["by"] = facts["by"].using(right)
            if isinstance(target, Log):
                if is_exclusive and not target.is_exclusive:
                    raise MustBeExclusive(decide.__name__)
                decide(target, *args, **facts)
                return target.position
            return alone(target, decide, args, facts, is_exclusive=is_exclusive)

        return run

    return make


def alone(
    store: Store, decide: Callable[..., Any], args: tuple[Any, ...], facts: dict[str, Any], *, is_exclusive: bool
) -> int:
    by: Act = facts["by"]
    asked = fingerprint(decide.__name__, args, facts) if by.key else b""

    def once() -> int:
        with store.log(by, is_exclusive=is_exclusive) as log:
            decide(log, *args, **facts)
            log.write_kept(key=by.key, asked=asked)
            return log.position

    try:
        return with_retries(once)
    except (Refusal, KeyTaken):
        # Whatever a second sending met, it was met because of the first.
        if (known := answered(store, by, asked)) is None:
            raise
        return known


def answered(store: Store, by: Act, asked: bytes) -> int | None:
    """The position that this key led to before, if it did."""
    if not by.key:
        return None
    with store.reading(by.organisation_id) as db:
        known = db.execute(REMEMBERED, (by.origin, by.key)).fetchone()
    if known and known[0] != asked:
        raise KeyUsedDifferently(key=by.key)
    return known[1] if known else None


def fingerprint(name: str, args: tuple[Any, ...], facts: dict[str, Any]) -> bytes:
    """What was asked, without the circumstances of this sending."""
    asked = msgspec.to_builtins([name, args, {key: facts[key] for key in facts if key != "by"}], str_keys=True)
    return hashlib.blake2b(msgspec.json.encode(asked, order="deterministic"), digest_size=16).digest()
