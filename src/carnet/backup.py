"""Backup of the embedded installation: the database as it was when the backup ended, and the secrets that belong to it.

One file: a tar of PostgreSQL's own base backup with the log written meanwhile, its manifest, the key that seals links
and second factors, and last a page that says what is in it. A file without its last page is none.
"""

import hashlib
import json
import os
import re
import select
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from carnet.postgres import EmbeddedPostgres
from carnet.postgres_place import WHEEL, account_for, binaries, socket_folder

PAGE, KEY, MANIFEST = "carnet-backup.json", "secret-key", "backup_manifest"
COPYING = "SELECT 1 FROM pg_stat_progress_basebackup WHERE phase = 'streaming database files'"
PERCENT = re.compile(rb"\((\d+)%\)")
Progress = Callable[[int], object]


class BackupFailed(Exception):
    """Nothing was left behind; the sentence says why."""


def back_up(home: Path, key: str, file: Path, progress: Progress) -> dict[str, Any]:
    """Writes the file whole or not at all, readable by its owner alone, and returns its page.

    `key` is the one in use, wherever it comes from; `progress` is told percents. Others go on writing meanwhile: what
    was acknowledged before the end is in it.
    """
    server = EmbeddedPostgres(home)
    with TemporaryDirectory(dir=file.parent, prefix=".carnet-backup-") as folder:
        parts = Path(folder)
        copied_at = copy_cluster(server, parts, progress)
        verify(server, parts, "--format=tar")
        page = page_of(parts, copied_at)
        with written(file) as archive:
            for part in sorted(parts.iterdir()):
                archive.add(part, part.name)
            put(archive, KEY, key.encode())
            put(archive, PAGE, json.dumps(page, indent=1).encode())
    return page


def copy_cluster(server: EmbeddedPostgres, parts: Path, progress: Progress) -> datetime:
    """Returns the last moment at which files were still being copied: the log in the copy goes on from there to the
    end, so that everything acknowledged before it is in it."""
    command = [programs(server) / "pg_basebackup", "-D", parts, "-Ft", "-z", "-X", "stream", "-c", "fast", "-P"]
    place = ["-h", socket_folder(server.place), "-p", "5432", "-U", "postgres", "-w"]
    said, copied_at = b"", datetime.now(UTC)
    with (
        psycopg.connect(server.url_of("postgres"), autocommit=True) as db,
        subprocess.Popen([*map(str, command + place)], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as process,
    ):
        while (piece := told(process)) != b"":
            now = datetime.now(UTC)
            copied_at = now if db.execute(COPYING).fetchone() else copied_at
            said = (said + (piece or b""))[-4096:]
            if found := PERCENT.findall(said):
                progress(int(found[-1]))
    if process.returncode:
        raise BackupFailed(said.decode(errors="replace").strip())
    return copied_at


def told(process: subprocess.Popen) -> bytes | None:
    """What it says within a tenth of a second; None for nothing, empty when it has ended."""
    ready, _, _ = select.select([process.stderr], [], [], 0.1)
    return os.read(process.stderr.fileno(), 4096) if ready else None


def verify(server: EmbeddedPostgres, folder: Path, *options: str) -> None:
    """Reads every file back and holds it against the manifest that PostgreSQL wrote while copying."""
    command = [programs(server) / "pg_verifybackup", "-n", "-q", *options, folder]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFailed(done.stderr.strip())


def page_of(parts: Path, copied_at: datetime) -> dict[str, Any]:
    return {
        "ended_at": copied_at.isoformat(),
        "postgresql": version(WHEEL).partition(".")[0],
        "parts": {part.name: digest(part) for part in sorted(parts.iterdir())},
    }


def digest(part: Path) -> str:
    with open(part, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def written(file: Path) -> Iterator[tarfile.TarFile]:
    """A file that appears when it is whole and on the disk."""
    fresh = file.with_name(f"{file.name}.partial")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as content:
            with tarfile.open(fileobj=content, mode="w") as archive:
                yield archive
            content.flush()
            os.fsync(content.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, BytesIO(content))


def programs(server: EmbeddedPostgres) -> Path:
    return binaries(account_for(server.cluster))
