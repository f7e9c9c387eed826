"""The house that a file is brought into: its settings, on whose behalf we act, one transaction for each line."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TypeVar
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

import psycopg
from msgspec.structs import replace

from accounts.organisation import Organisation
from accounts.queries import organisation, organisations
from accounts.rights import rights_of_policy
from importing.report import FileRefused, Line, Note, Refused, Report
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.retries import with_retries
from kernel.store import Log, Store

T = TypeVar("T")
Watch = Callable[[Sequence[T]], Iterable[T]]
ACTOR = "import/command-line"
# Seconds: readers tick every 20 ms, and a batch of theirs takes well under a second.
A_MOMENT, A_BATCH = 0.15, 1.0
# What a strange line may cause; anything else is a fault of the program, or of the machine, and ends the import.
LINE_FAULTS = (ValueError, OverflowError, psycopg.DataError)


class House:
    """The organisation, and what is known of it while a file is read."""

    def __init__(self, store: Store, organisation_id: UUID, actor: str, now: datetime):
        self.store = store
        self.id = organisation_id
        self.read_before = store.read_by_all()
        with store.reading(organisation_id) as db:
            self.organisation: Organisation = organisation(db)
        rights = rights_of_policy("imports")
        self.act = Act(organisation_id=organisation_id, actor=actor, may=rights, origin="import", at=now)

    @property
    def now(self) -> datetime:
        return self.act.at

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.zone)

    def by(self, happened_at: datetime | None = None) -> Act:
        """A command of its own, in the same name."""
        return replace(self.act, command_id=uuid4(), happened_at=happened_at)

    def id_of(self, *parts: object) -> UUID:
        """The same parts give the same identifier, so that a second import finds what the first one made."""
        return uuid5(self.id, "/".join(map(str, parts)))

    def together(self, decide: Callable[[Log], T], report: Report, *, is_exclusive: bool = False) -> T:
        """All that is decided in one transaction, or nothing; `is_exclusive` where it changes settings."""
        decided, position = with_retries(lambda: self.once(decide, is_exclusive=is_exclusive))
        report.position = max(report.position, position)
        return decided

    def once(self, decide: Callable[[Log], T], *, is_exclusive: bool) -> tuple[T, int]:
        with self.store.log(self.act, is_exclusive=is_exclusive) as log:
            return decide(log), log.position


def enter(store: Store, organisation_id: UUID | None, actor: str, now: datetime | None) -> House:
    """The house asked for, or the only one. Raises FileRefused."""
    known = organisations(store)
    if organisation_id is None and len(known) != 1:
        names = ", ".join(f"{id} ({name_of(store, id)})" for id in known)
        raise FileRefused("several_organisations" if known else "no_organisation", names=names)
    if organisation_id is not None and organisation_id not in known:
        raise FileRefused("organisation_unknown", id=str(organisation_id))
    return House(store, organisation_id or known[0], actor, now or datetime.now(UTC))


def name_of(store: Store, organisation_id: UUID) -> str:
    with store.reading(organisation_id) as db:
        return organisation(db).name


def bring_in(lines: Sequence[T], settle: Callable[[T], Line], report: Report, watch: Watch) -> None:
    """Settles line after line; Ctrl-C ends between two of them, as nothing of a line stays without the rest."""
    with until_ctrl_c() as stopping:
        for line in watch(lines):
            report.lines.append(settled(line, settle))
            if stopping.is_set():
                report.is_interrupted = True
                return


@contextmanager
def until_ctrl_c() -> Iterator[Event]:
    """Set by Ctrl-C, wherever it is met: an exception is lost when it meets whatever clears up. A second one raises.

    Whoever was started deaf to it, as shells start what runs in the background, stays so.
    """
    stopping = Event()

    def stop(*_: object) -> None:
        stopping.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGINT, before)


def settled(line: T, settle: Callable[[T], Line]) -> Line:
    try:
        return settle(line)
    except Refused as refused:
        note = refused.note
    except Refusal as refusal:
        note = Note("refusal", value=type(refusal).__name__)
    except LINE_FAULTS as fault:
        note = Refused("line_unreadable", value=str(fault)[:80]).note
    return Line(line.number, "refused", line.what, (note,))


def wait_for_readers(house: House, position: int) -> None:
    """Returns when the views show what was brought in; soon, when nobody is reading on."""
    store, last = house.store, -1
    patience = A_MOMENT if store.read_by_all() == house.read_before else A_BATCH
    while (read := store.read_by_all()) < position and read > last:
        last = read
        store.wait_for(position, timeout=patience)
