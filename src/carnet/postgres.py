"""The PostgreSQL server that comes with the program: started, adopted when it already runs, stopped."""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg

from carnet.postgres_place import PostgresNotStarted, account_for, binaries, reaches, run, settle, socket_folder
from kernel.roles import LOGIN, make_login
from kernel.settings import Settings

SECONDS_TO_ANSWER = 300
SECONDS_TO_STOP = 60
LONGEST_LOG = 10_000_000
OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_duration_statement": "500",
    "track_io_timing": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Addresses(NamedTuple):
    """Of one database: for its owner, and for the running program."""

    owner: str
    app: str


class EmbeddedPostgres:
    """One server per home. Raises PostgresNotStarted with the reason the server gave."""

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.options = OPTIONS | dict(options or {})

    @property
    def place(self) -> Path:
        return (self.home / "postgres").resolve()

    @property
    def cluster(self) -> Path:
        return self.place / "cluster"

    @property
    def url(self) -> str:
        """Of the owner, for migrations and rebuilds."""
        return self.url_of("carnet")

    @property
    def app_url(self) -> str:
        """Of the login that the running program uses. The socket's folder keeps others out, so it has no password."""
        return self.url_of("carnet", LOGIN)

    def url_of(self, database: str, user: str = "postgres") -> str:
        # The port is said although it names a socket: a PGPORT left in the environment would win otherwise.
        return f"postgresql://{user}@/{database}?host={quote(str(socket_folder(self.place)), safe='')}&port=5432"

    def is_running(self) -> bool:
        """True while any process of the server lives: they inherit the lock, which ends with the last of them."""
        if not self.place.exists():
            return False
        with opened(self.place / "alive.lock") as lock:
            return not is_free(lock, fcntl.LOCK_SH)

    def start(self) -> str:
        """The URL of the database, once it answers; a server found running is adopted."""
        settle(self.home)
        self.account = account_for(self.cluster)
        if not reaches(self.account, self.place):
            raise PostgresNotStarted(f"The user {self.account.pw_name} must be able to enter {self.place}.")
        own(self.place, self.account)
        with held(self.place / "start.lock"), opened(self.place / "alive.lock") as alive:
            if self.is_alone(alive):
                self.launch(alive)
            self.create_database()
        return self.url

    def is_alone(self, alive: int) -> bool:
        """True once no process of a server is left, False once a running server answers."""
        freed = within(SECONDS_TO_ANSWER, lambda: is_free(alive, fcntl.LOCK_EX) or (self.answers() and "adopted"))
        if not freed:
            raise PostgresNotStarted(f"Processes of the server in {self.place} neither answer nor end.")
        return freed is True

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
            return True
        return False

    def launch(self, alive: int) -> None:
        self.programs = binaries(self.account)
        if not self.cluster.exists():
            self.initialise()
        self.write_options()
        self.forget_dead_server()
        self.rotate_log()
        # Names relative to the folder: pg_ctl hands them to a shell, which would read a $ in a path.
        command = [self.programs / "pg_ctl", "-D", "cluster", "-l", "server.log", "-w", "-t", str(SECONDS_TO_ANSWER)]
        if run([*command, "start"], self.account, cwd=self.place, pass_fds=[alive]):
            raise PostgresNotStarted(f"PostgreSQL did not start; its log ends with:\n{self.end_of_log()}")

    def initialise(self) -> None:
        """A cluster appears whole: initdb killed half-way leaves a folder that the next start throws away."""
        fresh = self.place / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [self.programs / "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--data-checksums"]
        locale = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        unsafe = ["--no-sync"] if self.options.get("fsync") == "off" else []
        with open(self.place / "initdb.log", "wb") as log:
            code = run(command + locale + unsafe, self.account, stdout=log, stderr=log)
        if code:
            raise PostgresNotStarted((self.place / "initdb.log").read_text(errors="replace").strip())
        fresh.rename(self.cluster)

    def write_options(self) -> None:
        file = self.cluster / "postgresql.conf"
        sockets = socket_folder(self.place)
        own(sockets, self.account)
        options = self.options | {"unix_socket_directories": str(sockets)} | self.preloaded()
        file.write_text("".join(f"{name} = '{value}'\n" for name, value in options.items()))
        file.chmod(0o644)

    def preloaded(self) -> dict[str, str]:
        library = self.programs.parent / "lib/pg_stat_statements.so"
        return {"shared_preload_libraries": "pg_stat_statements"} if library.exists() else {}

    def forget_dead_server(self) -> None:
        """PostgreSQL believes a pid file whose number another program got since; we look at what that program is."""
        for file in (self.cluster / "postmaster.pid", socket_folder(self.place) / ".s.PGSQL.5432.lock"):
            if file.exists() and not self.is_server(first_number(file)):
                file.unlink()

    def is_server(self, pid: int | None) -> bool:
        with suppress(OSError):
            return pid is not None and os.readlink(f"/proc/{pid}/cwd") == str(self.cluster)
        return False

    def rotate_log(self) -> None:
        log = self.place / "server.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.old"))

    def end_of_log(self) -> str:
        return (self.place / "server.log").read_text(errors="replace")[-1500:].strip()

    def create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'carnet'").fetchone():
                connection.execute("CREATE DATABASE carnet")
            make_login(connection)

    def stop(self) -> None:
        """Ends the server: sessions are cut and the log is safe; harmless when nothing runs."""
        if not self.is_running():
            return
        with held(self.place / "start.lock"):
            for ending in (signal.SIGINT, signal.SIGQUIT):
                self.tell(ending)
                if within(SECONDS_TO_STOP, lambda: not self.is_running()):
                    return
        raise PostgresNotStarted(f"The server in {self.place} does not end.")

    def tell(self, ending: signal.Signals) -> None:
        file = self.cluster / "postmaster.pid"
        pid = first_number(file) if file.exists() else None
        # pg_ctl would send the signal to any program that got the number of a dead server.
        if self.is_server(pid):
            os.kill(pid, ending)

    def last_words(self) -> str:
        return "has ended"

    def is_used(self) -> bool:
        """True while a program other than the one asking is connected."""
        others = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            return connection.execute(others).fetchone() is not None


@contextmanager
def database(settings: Settings) -> Iterator[Addresses]:
    """Where the database is; an embedded server started for this alone ends with it."""
    if not settings.is_embedded:
        yield Addresses(settings.database_url, settings.app_database_url)
        return
    server = EmbeddedPostgres(settings.home)
    is_ours = not server.is_running()
    try:
        yield Addresses(server.start(), server.app_url)
    finally:
        if is_ours and server.is_running() and not server.is_used():
            server.stop()


def own(folder: Path, account) -> None:
    """Makes the folder private to the server's user; refuses one that somebody else made first."""
    folder.mkdir(exist_ok=True)
    user = account.pw_uid if account else os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid not in (user, os.geteuid()):
        raise PostgresNotStarted(f"{folder} belongs to another user.")
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)


@contextmanager
def opened(file: Path) -> Iterator[int]:
    # Reading is all that a lock needs, which lets root and the server's user share the file.
    descriptor = os.open(file, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def held(file: Path) -> Iterator[None]:
    with opened(file) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_free(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def within(seconds: float, question: Callable[[], object]) -> object:
    """The first true answer, or the last false one when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def first_number(file: Path) -> int | None:
    first = file.read_text().partition("\n")[0].strip()
    return int(first) if first.isdecimal() else None
