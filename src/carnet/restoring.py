"""Restoring a backup into a home where nothing is yet; the copy sends nothing until it is released."""

import json
import os
import shutil
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from carnet.backup import KEY, MANIFEST, PAGE, BackupFailed, Progress, digest, verify
from carnet.postgres import EmbeddedPostgres, own
from carnet.postgres_place import WHEEL, account_for, settle
from kernel.sending import hold
from kernel.store import Store

# Stands in a home from before its cluster is there until the cluster itself says that nothing is sent.
RESTORED = "restored"


class NotRestored(Exception):
    """The home is as it was; the sentence says why."""


def restore(home: Path, file: Path, progress: Progress) -> dict[str, Any]:
    """Unpacks, verifies, and returns the page of the backup; the server is not started. Raises NotRestored.

    What is there appears whole: a restore that was killed leaves nothing that a start would take for a cluster.
    """
    server = EmbeddedPostgres(home)
    home.mkdir(parents=True, exist_ok=True)
    must_be_empty(home, server)
    settle(home)
    account = account_for(server.cluster)
    own(server.place, account)
    fresh = server.place / "cluster.restored"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    try:
        page, key = unpacked(file, fresh, progress)
        verify(server, fresh)
        if account:
            hand_over(fresh, account.pw_uid, account.pw_gid)
        keep_key(key, home / KEY)
        (home / RESTORED).touch()
        fresh.rename(server.cluster)
    except BackupFailed as broken:
        raise NotRestored(f"{file} is not what was written: {broken}") from broken
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return page


def hold_restored(home: Path, store: Store) -> None:
    """Whoever sends asks this first: a restore may have been killed before it could hold what it restored."""
    if (home / RESTORED).exists():
        hold(store)
        (home / RESTORED).unlink()


def must_be_empty(home: Path, server: EmbeddedPostgres) -> None:
    for taken in (server.cluster, home / KEY):
        if taken.exists():
            raise NotRestored(f"{taken} is there already; name an empty home in CARNET_HOME.")


def unpacked(file: Path, fresh: Path, progress: Progress) -> tuple[dict[str, Any], bytes]:
    """The page, and the key."""
    try:
        with tarfile.open(file) as archive:
            page = page_in(archive)
            for number, (name, sum_of) in enumerate(page["parts"].items(), 1):
                take(archive, name, fresh)
                if digest(fresh / name) != sum_of:
                    raise NotRestored(f"{name} in {file} is not what was written.")
                progress(50 * number // len(page["parts"]))
            key = archive.extractfile(KEY).read()
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError) as broken:
        raise NotRestored(f"{file} is no whole backup: {broken}.") from broken
    spread(fresh, "base.tar.gz", fresh)
    spread(fresh, "pg_wal.tar.gz", fresh / "pg_wal")
    progress(90)
    return page, key


def page_in(archive: tarfile.TarFile) -> dict[str, Any]:
    page = json.load(archive.extractfile(PAGE))
    ours = version(WHEEL).partition(".")[0]
    if page["postgresql"] != ours:
        raise NotRestored(f"The backup is of PostgreSQL {page['postgresql']}, and this program comes with {ours}.")
    if not {"base.tar.gz", "pg_wal.tar.gz", MANIFEST} <= page["parts"].keys():
        raise NotRestored("Parts of the backup are missing.")
    return page


def take(archive: tarfile.TarFile, name: str, folder: Path) -> None:
    with archive.extractfile(name) as content, open(folder / Path(name).name, "wb") as kept:
        shutil.copyfileobj(content, kept, 1 << 20)


def spread(fresh: Path, name: str, folder: Path) -> None:
    """Folders and files below `folder`, and nothing else; the packed part goes."""
    with tarfile.open(fresh / name) as packed:
        for entry in packed:
            target = (folder / entry.name).resolve()
            if not target.is_relative_to(fresh) or not (entry.isdir() or entry.isfile()):
                raise NotRestored(f"{entry.name} in {name} is no part of a cluster.")
            put(packed, entry, target)
    (fresh / name).unlink()


def put(packed: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    folder = target if entry.isdir() else target.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if entry.isfile():
        with packed.extractfile(entry) as content, open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as kept:
            shutil.copyfileobj(content, kept, 1 << 20)


def keep_key(key: bytes, file: Path) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(key)


def hand_over(folder: Path, user: int, group: int) -> None:
    for each in (folder, *folder.rglob("*")):
        os.chown(each, user, group)
