"""A backup under load, put into another home: nothing acknowledged is missing, people sign in, and nothing is sent."""

import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from accounts.people import passwords
from carnet import backup as backups
from carnet.backup import BackupFailed, back_up
from carnet.commands_backup import hold_sending
from carnet.postgres import EmbeddedPostgres
from carnet.restoring import NotRestored, hold_restored, restore
from carnet.wiring import JOBS, LANES, catch_up, register, views
from kernel.check import check
from kernel.jobs import Worker
from kernel.outside import SendingHeld, sending_held
from kernel.sending import is_held, release
from kernel.store import Store
from notifications.channels.files import send as write_file
from tests.people import KEY, PASSWORD, Somebody
from tests.story import House, at

WRITERS = 16
BOOKED = "SELECT stream_id FROM events WHERE name = 'AppointmentBooked'"


@pytest.fixture
def house(server: EmbeddedPostgres) -> Iterator[House]:
    with closing(Store(server.url, size=WRITERS)) as store:
        yield House(store)


@pytest.fixture(autouse=True)
def sending() -> Iterator[None]:
    yield
    sending_held.clear()


def silent(percent: int) -> None:
    """Progress that nobody looks at."""


class Writer:
    """Books one hour after the other, and notes when it was told that each stands."""

    def __init__(self, house: House, person: UUID):
        self.house, self.person = house, person
        self.acknowledged: list[tuple[datetime, UUID]] = []

    def run(self, stopping: threading.Event) -> None:
        day = 0
        while not stopping.is_set():
            for hour in (9, 10, 11, 14, 15, 16, 17):
                id = self.house.book(at(hour, days=day), resource=self.person)
                self.acknowledged.append((datetime.now(UTC), id))
            day += 1 if day % 7 != 3 else 4


def writing(house: House, act: Callable[[], dict]) -> tuple[dict, list[tuple[datetime, UUID]]]:
    """Does it while sixteen write; what it returned, and what they were told."""
    writers = [Writer(house, house.add_practitioner(uuid4(), f"Personne {n}")) for n in range(WRITERS)]
    stopping = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(stopping,)) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        done = act()
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    return done, [each for writer in writers for each in writer.acknowledged]


@pytest.fixture
def file(house: House, server: EmbeddedPostgres, tmp_path: Path) -> Path:
    """A backup of a small house."""
    house.book(at(9))
    back_up(server.home, KEY, tmp_path / "all.carnet", silent)
    return tmp_path / "all.carnet"


@contextmanager
def copied(file: Path, home: Path) -> Iterator[Store]:
    restore(home, file, silent)
    hold_sending(home)
    copy = EmbeddedPostgres(home, {"shared_buffers": "16MB"})
    with closing(Store(copy.start(), size=4)) as store:
        yield store
    copy.stop()


def test_what_was_acknowledged_before_the_end_is_there_and_people_sign_in(
    house: House, server: EmbeddedPostgres, new_home: Path, tmp_path: Path
):
    sonia, file = Somebody(house.store), tmp_path / "all.carnet"
    sonia.turn_on_codes()
    page, told = writing(house, lambda: back_up(server.home, KEY, file, silent))
    before = {id for acknowledged_at, id in told if acknowledged_at.isoformat() < page["ended_at"]}
    assert len(before) > WRITERS
    with copied(file, new_home) as store:
        house.store = sonia.store = store
        assert before <= {id for (id,) in house.rows(BOOKED)}
        catch_up(store)
        assert [one for view in views() for one in check(view, store) if one.difference] == []
        assert passwords.is_right(store, sonia.id, PASSWORD)
        assert (new_home / "secret-key").read_text() == KEY
        sonia.wait(minutes=5)
        sonia.give(sonia.code())


def test_a_copy_sends_nothing_until_it_is_released(file: Path, new_home: Path):
    with copied(file, new_home) as store:
        register(store)
        Somebody(store).ask_link("sign-in")
        catch_up(store)
        worker = Worker(store, JOBS, lanes=LANES)
        worker.look()
        assert leased(store) == set()
        with pytest.raises(SendingHeld):
            write_file(None, new_home)
        release(store)
        worker.beat()
        worker.look()
        assert leased(store) == {"send_letter"}


def test_a_restore_that_was_killed_before_it_could_hold_leaves_a_copy_that_is_silent(file: Path, new_home: Path):
    restore(new_home, file, silent)
    copy = EmbeddedPostgres(new_home, {"shared_buffers": "16MB"})
    with closing(Store(copy.start(), size=2)) as store:
        assert not is_held(store)
        hold_restored(new_home, store)
        assert is_held(store)
        release(store)
        hold_restored(new_home, store)
        assert not is_held(store)
    copy.stop()


def leased(store: Store) -> set[str]:
    with store.database.everywhere() as db:
        rows = db.execute("SELECT name FROM jobs WHERE leased_until IS NOT NULL AND name = 'send_letter'")
        return {name for (name,) in rows}


def test_it_is_readable_by_its_owner_alone(file: Path):
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("broken", ["cut off", "base.tar.gz", "pg_wal.tar.gz", "backup_manifest", "something else"])
def test_what_is_no_whole_backup_leaves_the_home_as_it_was(broken: str, file: Path, new_home: Path):
    content = bytearray(file.read_bytes())
    if broken == "cut off":
        content = content[: len(content) // 2]
    elif broken == "something else":
        content = bytearray(b"Nom;Pr\xe9nom\n")
    else:
        with tarfile.open(file) as archive:
            part = archive.getmember(broken)
        content[part.offset_data + part.size // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(NotRestored):
        restore(new_home, file, silent)
    assert not (new_home / "postgres" / "cluster").exists()
    assert not (new_home / "secret-key").exists()


def test_a_home_where_something_is_stays_as_it_was(file: Path, server: EmbeddedPostgres):
    with pytest.raises(NotRestored):
        restore(server.home, file, silent)
    assert server.is_running()


def test_what_cannot_be_verified_is_not_kept(server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    copy = backups.copy_cluster

    def damaged(of: EmbeddedPostgres, parts: Path, progress: backups.Progress) -> datetime:
        copied_at = copy(of, parts, progress)
        with open(parts / "base.tar.gz", "r+b") as part:
            part.seek(5000)
            part.write(b"damage")
        return copied_at

    monkeypatch.setattr(backups, "copy_cluster", damaged)
    with pytest.raises(BackupFailed):
        back_up(server.home, KEY, tmp_path / "all.carnet", silent)
    assert list(tmp_path.iterdir()) == []
