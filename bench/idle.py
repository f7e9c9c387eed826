"""What the whole program costs while nobody uses it: the processor time of every process that `serve` started."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

from bench.measure import report
from carnet.postgres import EmbeddedPostgres, first_number

SETTLING, SECONDS = 20, 30
TICKS = os.sysconf("SC_CLK_TCK")


def run() -> None:
    with served() as roots:
        time.sleep(SETTLING)
        before, begun = seconds_by_name(roots), time.monotonic()
        time.sleep(SECONDS)
        after, took = seconds_by_name(roots), time.monotonic() - begun
    share = {name: 100 * (after[name] - before.get(name, 0)) / took for name in after}
    parts = {name: round(value, 2) for name, value in share.items() if value >= 0.01}
    report("idle", percent=sum(share.values()), limit=2.0, parts=parts)


@contextmanager
def served() -> Iterator[set[int]]:
    """The processes from which all others come: ours, and the database's."""
    with TemporaryDirectory() as home, closing(socket()) as probe:
        Path(home).chmod(0o755)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environ = os.environ | {"CARNET_HOME": home, "PORT": str(port)}
        command = [sys.executable, "-P", "-m", "carnet", "serve"]
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
            try:
                wait_for(port)
                yield {process.pid, first_number(EmbeddedPostgres(Path(home)).cluster / "postmaster.pid")}
            finally:
                process.terminate()


def wait_for(port: int) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)


def seconds_by_name(roots: set[int]) -> dict[str, float]:
    """Of these processes and all below them, by what they are; PostgreSQL's are one."""
    pids = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
    stats = {pid: stat for pid in pids if (stat := stat_of(pid))}
    found: dict[str, float] = {}
    for pid, (_, seconds) in stats.items():
        if roots & set(ancestors(pid, stats)):
            name = name_of(pid)
            found[name] = found.get(name, 0) + seconds
    return found


def stat_of(pid: int) -> tuple[int, float] | None:
    """The parent, and the seconds of processor; None for what has just ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS


def ancestors(pid: int, stats: dict[int, tuple[int, float]]) -> Iterator[int]:
    while pid in stats:
        yield pid
        pid = stats[pid][0]


def name_of(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return words[words.index("carnet") + 1] if "carnet" in words else "postgres"
