"""Bringing the waiting rows of a file in: some at a time in one transaction, each settled once, whoever is at it."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.queries import organisation
from clients.commands import create_client, edit_client, restore_client
from clients.queries.fields import fields_in
from clients.words import ClientWords
from importing import staging
from importing.commands import complete_import
from importing.decisions import Decision, Draft, Reading, decide, draft_of, new_id, told_first, words_in
from importing.known import Known, known_for
from importing.people import Person
from importing.report import Line, Note, Refused
from importing.run import ImportRun
from importing.staging import Staged
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.retries import with_retries
from kernel.store import Log, Store

A_FEW = 40
CURRENT = "SELECT version FROM clients WHERE id = %s AND is_current"


def bring_all(store: Store, id: UUID, by: Act) -> None:
    """Every row that still waits, then the import is complete. May be stopped anywhere and called again."""
    last = 0
    while done := bring_some(store, id, by, last):
        last = done
    complete_import(store, id, by=by)


def bring_some(store: Store, id: UUID, by: Act, after: int = 0) -> int:
    """The next few rows after this line, all or none; returns the last one's line, 0 when none waits.

    Two who do this at once take turns.
    """

    def attempt() -> int:
        with store.log(by) as log:
            return settle_some(log, id, after)

    return with_retries(attempt)


def settle_some(log: Log, id: UUID, after: int) -> int:
    file = staging.staged(log.connection, id, is_held=True)
    run = log.get(ImportRun, id)
    rows = staging.waiting(log.connection, id, A_FEW, after) if file and run.status == "started" else []
    if not rows:
        return 0
    reading = reading_of(log.connection, file, log.by, updates=run.updates)
    drafts = [draft_of(reading, row) for row in rows]
    known = known_by(log.connection, reading, drafts)
    seen = staging.first_lines(log.connection, id, known.people.by_id)
    for draft in drafts:
        settle(log, id, reading, known, draft, seen)
    return rows[-1].number


def reading_of(db: Any, file: Staged, by: Act, *, updates: bool) -> Reading:
    house = organisation(db)
    own = {str(field.id): field for field in fields_in(db)}
    today = by.at.astimezone(ZoneInfo(house.zone)).date()
    return Reading(by.organisation_id, house.country, today, file.headings, file.fields, own, updates)


def known_by(db: Any, reading: Reading, drafts: list[Draft]) -> Known:
    words = [each for draft in drafts if (each := possible_words(draft, reading.country))]
    named = [new_id(reading.organisation_id, each) for each in words]
    return known_for(db, [*named, *(draft.id for draft in drafts if draft.id)], words)


def possible_words(draft: Draft, country: str) -> ClientWords | None:
    """The words of a row, if they can be a client's at all; whoever decides on the row says why not."""
    try:
        return words_in(draft, country)
    except Refusal:
        return None


def settle(log: Log, id: UUID, reading: Reading, known: Known, draft: Draft, seen: dict[UUID, int]) -> None:
    """`seen` are the lines that first spoke of each client."""
    decision, line = decided(reading, known, draft)
    if decision is None:
        staging.settle(log.connection, id, line, None, None)
        return
    notes = list(told_first(draft, seen.setdefault(decision.client_id, draft.number)))
    notes += [note for note in line.notes if not (notes and note.reason == "on_file")]
    version = carry_out(log, reading, known, decision, draft)
    staging.settle(log.connection, id, line._replace(notes=tuple(notes)), decision.client_id, version)


def decided(reading: Reading, known: Known, draft: Draft) -> tuple[Decision | None, Line]:
    """The decision on a row, or none, with the line that tells what becomes of it."""
    try:
        decision = decide(reading, known, draft)
    except Refused as refused:
        note = refused.note
    except Refusal as refusal:
        note = Note("refusal", value=type(refusal).__name__)
    else:
        return decision, Line(draft.number, decision.outcome, draft.what, decision.notes)
    return None, Line(draft.number, "refused", draft.what, (note,))


def carry_out(log: Log, reading: Reading, known: Known, decision: Decision, draft: Draft) -> int | None:
    """Writes what was decided; returns the version of the words that a change made."""
    if decision.is_back:
        restore_client(log, decision.client_id, by=log.by)
        known.archived.discard(decision.client_id)
    elif decision.outcome == "imported":
        create_client(log, decision.client_id, decision.facts, country=reading.country, by=log.by)
        known.people.add(Person(decision.client_id, words_in(draft, reading.country)))
    elif decision.outcome == "changed":
        edit_client(log, decision.client_id, decision.facts, country=reading.country, by=log.by)
        return log.connection.execute(CURRENT, (decision.client_id,)).fetchone()[0]
    return None
