"""Whatever is done to client files in whatever order: nothing is lost, nothing is doubled, what is undone is undone."""

import os
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from clients.client import Client
from clients.commands import (
    add_client_note,
    archive_client,
    block_client,
    edit_client,
    merge_clients,
    restore_client,
    unblock_client,
    unmerge_client,
)
from clients.queries import cards, is_blocked, own_cards
from importing import commands as imports
from importing.policies import bring_in_rows, undo_rows
from kernel.errors import Refusal
from kernel.store import Store
from projections.visits import of_client
from tests.story import NOW, House, at
from tests.uploads import read_here, read_in

IS_FULL = os.environ.get("CARNET_FULL") == "1"
# Every word of these stories is a canary: none may be found in the log.
WORDS = st.sampled_from(["canari bleu", "canari vert", "canari gris", ""])
FIELDS = ("town", "remarks", "address")


class File:
    """What a file should be, told without versions: each change of a field, with what brought it."""

    def __init__(self, id: UUID, source: str):
        self.id = id
        self.changes: list[tuple[str, str, str]] = []
        self.sources = [source]
        self.into: File | None = None
        self.is_blocked = self.is_archived = False
        self.visits: list[UUID] = []

    def value(self, name: str) -> str:
        return next((value for field, value, _ in reversed(self.changes) if field == name), "")

    def change(self, facts: dict[str, str], source: str) -> bool:
        new = [(name, value, source) for name, value in facts.items() if value != self.value(name)]
        self.changes += new
        self.sources += [source] if new else []
        return bool(new)

    def take_back(self, source: str) -> None:
        self.changes = [change for change in self.changes if change[2] != source]

    def stands(self, source: str) -> bool:
        last = {field: by for field, _, by in self.changes}
        return source in last.values()

    @property
    def root(self) -> "File":
        return self.into.root if self.into else self


class ClientFiles(RuleBasedStateMachine):
    store: Store
    files = Bundle("files")
    merged = Bundle("merged")
    done = Bundle("done")

    def __init__(self) -> None:
        super().__init__()
        self.house = House(self.store)
        self.known: dict[UUID, File] = {}
        self.numbers = count(1)
        self.free = ((hour, day) for day in range(0, 70, 7) for hour in (9, 10, 11, 14, 15, 16, 17))
        # A merge is named by its own number, as the same pair may be merged again.
        self.brought: dict[UUID, tuple[File, str]] = {}
        self.made: dict[UUID, UUID] = {}

    def remember(self, id: UUID, source: str) -> File:
        self.known[id] = File(id, source)
        return self.known[id]

    @initialize(target=files)
    def begin(self) -> Any:
        """Three files that differ in everything."""
        return multiple(
            *(self.create(dict.fromkeys(FIELDS, f"canari {colour}")) for colour in ("bleu", "vert", "gris"))
        )

    def create(self, facts: dict[str, str]) -> File:
        phone = f"06000{next(self.numbers):05d}"
        file = self.remember(self.house.client("canari", f"Canari{phone}", phone=phone, **facts), "desk")
        file.change(facts, "desk")
        return file

    @rule(file=files, name=st.sampled_from(FIELDS), words=WORDS)
    def edit(self, file: File, name: str, words: str) -> None:
        if self.refused(file.into is not None, edit_client, file.id, {name: words}):
            return
        file.change({name: words}, f"desk {next(self.numbers)}")

    @rule(file=files)
    def note(self, file: File) -> None:
        if not self.refused(file.into is not None, add_client_note, file.id, uuid4(), "canari noté"):
            file.sources.append("desk")

    @rule(target=merged, kept=files, file=files, names=st.sets(st.sampled_from(FIELDS)))
    def merge(self, kept: File, file: File, names: set[str]) -> Any:
        is_refused = kept is file or bool(kept.into or file.into) or kept.is_archived
        if self.refused(is_refused, merge_clients, kept.id, file.id, fields=sorted(names)):
            return multiple()
        source = f"merge {next(self.numbers)}"
        kept.change({name: file.value(name) for name in names}, source)
        kept.sources.append("desk")
        file.sources.append("desk")
        file.into, self.brought[file.id] = kept, (kept, source)
        return file

    @rule(file=merged)
    def unmerge(self, file: File) -> None:
        if self.refused(file.into is None or file.into.into is not None, unmerge_client, file.id):
            return
        kept, source = self.brought.pop(file.id)
        kept.take_back(source)
        kept.sources.append("desk")
        file.into = None

    @rule(file=files, is_blocked=st.booleans())
    def block(self, file: File, is_blocked: bool) -> None:
        if self.refused(file.into is not None, block_client if is_blocked else unblock_client, file.id):
            return
        group = [each for each in self.known.values() if each.root is file]
        was_blocked = [each for each in group if each.is_blocked]
        for each in [file] if is_blocked else was_blocked:
            each.sources += [] if each.is_blocked == is_blocked else ["desk"]
            each.is_blocked = is_blocked

    @rule(file=files, is_archived=st.booleans())
    def archive(self, file: File, is_archived: bool) -> None:
        if self.refused(file.into is not None, archive_client if is_archived else restore_client, file.id):
            return
        file.sources += ["desk"] if file.is_archived != is_archived else []
        file.is_archived = is_archived

    @rule(file=files)
    def book(self, file: File) -> None:
        hour, days = next(self.free)
        file.root.visits.append(self.house.book(at(hour, days=days), client_id=file.id))

    @rule(target=done, file=files, words=WORDS)
    def bring_in_change(self, file: File, words: str) -> tuple[UUID, File]:
        """A row with the identifier of a file: it is found under whatever file that leads to."""
        id = self.brought_in(f"Identifiant Carnet;Ville\n{file.id};{words}\n")
        file.root.change({"town": words}, f"import {id}")
        return id, file.root

    @rule(target=files, words=WORDS)
    def bring_in_somebody(self, words: str) -> File:
        name = f"Canari{next(self.numbers)}"
        id = self.brought_in(f"Nom;Ville\n{name};{words}\n")
        (client_id,) = self.house.rows("SELECT client_id FROM import_lines WHERE import_id = %s", id)[0]
        file = self.remember(client_id, f"import {id}")
        file.changes.append(("town", words, "made"))
        self.made[client_id] = id
        return file

    @rule(brought=consumes(done))
    def undo_change(self, brought: tuple[UUID, File]) -> None:
        id, file = brought
        self.undo(id)
        if file.into is None and file.stands(f"import {id}"):
            file.take_back(f"import {id}")
            file.sources.append("undo")

    @rule(file=files)
    def undo_new(self, file: File) -> None:
        if (id := self.made.pop(file.id, None)) is None:
            return
        self.undo(id)
        is_touched = file.sources[-1] != f"import {id}" or "desk" in " ".join(file.sources)
        if not (is_touched or file.into or file.is_archived or file.visits):
            file.is_archived = True
            file.sources.append("undo")

    def brought_in(self, text: str) -> UUID:
        id = uuid4()
        read_in(self.house, id, "canari.csv", text.encode())
        imports.start_import(self.store, id, by=self.house.by())
        bring_in_rows(self.store, self.house.id, str(id), self.house.by().actor)
        return id

    def undo(self, id: UUID) -> None:
        imports.request_import_undo(self.store, id, by=self.house.by())
        self.house.read_on()
        undo_rows(self.store, self.house.id, str(id), self.house.by().actor)

    def refused(self, is_expected: bool, command: Any, *args: Any, **facts: Any) -> bool:
        """Does it, or sees it refused where it must be."""
        if is_expected:
            with pytest.raises(Refusal):
                command(self.store, *args, **facts, by=self.house.by())
        else:
            command(self.store, *args, **facts, by=self.house.by())
        return is_expected

    @invariant()
    def every_identifier_leads_to_the_file_that_should_have_it(self) -> None:
        with self.store.reading(self.house.id) as db:
            found = {id: card.id for id, card in cards(db, self.known).items()}
        assert found == {id: file.root.id for id, file in self.known.items()}

    @invariant()
    def every_file_says_what_it_should(self) -> None:
        with self.store.reading(self.house.id) as db:
            own = own_cards(db, self.known)
        for id, file in self.known.items():
            assert {name: getattr(own[id], name) for name in FIELDS} == {name: file.value(name) for name in FIELDS}
            assert own[id].is_archived == file.is_archived

    @invariant()
    def a_block_holds_and_no_other_does(self) -> None:
        blocked = {file.root for file in self.known.values() if file.is_blocked}
        for id, file in self.known.items():
            assert is_blocked(self.store, self.house.id, id) == (file.root in blocked)

    @invariant()
    def a_row_stands_as_the_events_of_its_file_say(self) -> None:
        rows = self.house.rows(
            "SELECT id, revision, is_blocked, is_archived, merged_into, version FROM clients WHERE is_current"
        )
        for id, *row in rows:
            told = self.store.find(self.house.id, Client, id)
            assert row == [told.version, told.is_blocked, told.is_archived, told.merged_into, told.words_version]

    def teardown(self) -> None:
        self.house.read_on()
        for file in self.known.values():
            if file.into is None:
                group = [each for each in self.known.values() if each.root is file]
                made = {id for each in group for id in each.visits}
                seen = of_client(self.store, self.house.id, file.id, NOW)
                assert {visit.appointment_id for visit in seen.past + seen.future} == made
        states = " ".join(state for (state,) in self.house.rows("SELECT state FROM events"))
        assert "anari" not in states


def stories(store: Store) -> type[ClientFiles]:
    return type("Stories", (ClientFiles,), {"store": store})


def test_whatever_happens_to_client_files(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("importing.uploads.read_apart", read_here)
    run_state_machine_as_test(
        stories(store),
        settings=settings(
            max_examples=500 if IS_FULL else 50,
            stateful_step_count=50 if IS_FULL else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
