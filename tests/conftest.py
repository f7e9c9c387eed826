"""What every test may ask for: a PostgreSQL server for the run, a database of its own."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from carnet.postgres import EmbeddedPostgres, held, is_free, opened

if TYPE_CHECKING:
    from kernel.store import Store
    from tests.story import House

# Speed is worth more than safety for data that ends with the run; tests that kill servers start their own.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
SKIPPED = {
    "full": (lambda: os.environ.get("CARNET_FULL") == "1", "runs with scripts/test --full"),
    "browser": (lambda: shutil.which("chromium"), "chromium is not installed"),
    "faketime": (lambda: FAKETIME, "libfaketime is not installed"),
    "redis": (lambda: shutil.which("redis-server"), "redis-server is not installed"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for mark, (is_possible, reason) in SKIPPED.items():
        if not is_possible():
            skip_marked(items, mark, reason)


def skip_marked(items: list[pytest.Item], mark: str, reason: str) -> None:
    for item in items:
        if item.get_closest_marker(mark):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the processes of this run share, and no other run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def server_url(run_folder: Path) -> Iterator[str]:
    """The server that CARNET_TEST_DATABASE_URL names, else one of ours: first in starts it, last out stops it."""
    if given := os.environ.get("CARNET_TEST_DATABASE_URL"):
        yield given
        return
    # pytest keeps its folders from the user that runs PostgreSQL when we are root.
    home = Path(gettempdir()) / f"carnet-tests-{sha256(bytes(run_folder)).hexdigest()[:10]}"
    with opened(run_folder / "server-users.lock") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        home.mkdir(mode=0o755, exist_ok=True)
        server = EmbeddedPostgres(home, FAST)
        yield server.start()
        fcntl.flock(users, fcntl.LOCK_UN)
        if is_free(users, fcntl.LOCK_EX):
            server.stop()
            shutil.rmtree(home)


@pytest.fixture(scope="session")
def database_url(server_url: str, run_folder: Path) -> Iterator[str]:
    """A database for this process alone, as the migrations make it."""
    from kernel.migrations import migrate

    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    # Roles belong to the whole server, so that two migrations at once could clash.
    with held(run_folder / "migrations.lock"):
        url = fresh_database(server_url, name)
        migrate(url)
    yield url
    drop_database(server_url, name)


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """An empty database for one test."""
    name = f"empty_{os.getpid()}"
    yield fresh_database(server_url, name)
    drop_database(server_url, name)


def fresh_database(server_url: str, name: str) -> str:
    drop_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def drop_database(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A home whose cluster exists and does not run: making one takes longer than most of these tests."""
    with temporary_home() as folder:
        server = EmbeddedPostgres(folder, {"shared_buffers": "16MB"})
        server.start()
        server.stop()
        yield folder


@pytest.fixture
def home(made_once: Path) -> Iterator[Path]:
    """A home whose server tests start, kill and stop; each finds it stopped, with what others kept in it."""
    yield made_once
    EmbeddedPostgres(made_once).stop()


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A home where nothing is yet."""
    with temporary_home() as folder:
        yield folder


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A folder that the server's user can enter, which pytest's own are not when we are root."""
    folder = Path(mkdtemp(prefix="carnet-home-"))
    folder.chmod(0o755)
    yield folder
    EmbeddedPostgres(folder).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def app_url(database_url: str) -> str:
    return app_url_of(database_url)


def app_url_of(url: str) -> str:
    """The same database by the login of the running program; on a server that was named to us there is none."""
    from kernel.roles import LOGIN

    return url if os.environ.get("CARNET_TEST_DATABASE_URL") else make_conninfo(url, user=LOGIN)


@pytest.fixture(scope="session")
def store(app_url: str) -> Iterator["Store"]:
    from kernel.store import Store

    opened_store = Store(app_url, size=24)
    yield opened_store
    opened_store.close()


@pytest.fixture
def house(store: "Store") -> "House":
    """A small practice of its own for one test; other tests' houses stand beside it in the same database."""
    from tests.story import House

    return House(store)


@pytest.fixture(autouse=True)
def time_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file is read while its sender waits, however busy the machine is."""
    monkeypatch.setattr("importing.uploads.AT_ONCE", 30.0)


@pytest.fixture(autouse=True)
def clocks_of_stories(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stories write at moments to come; that a log's last event is doubted for it is for the tests of clocks."""
    from kernel import clock

    measured = clock.measured
    with pytest.MonkeyPatch.context() as patch:
        if "test_clock" not in request.node.nodeid:
            patch.setattr(clock, "measured", lambda db: clock.Clock(measured(db).ahead, 0.0))
        yield
