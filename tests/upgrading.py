"""A database as an earlier version of the program made it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kernel import migrations


@contextmanager
def before(name: str) -> Iterator[None]:
    """Within it, there are no migrations but those whose names come before this one."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for path in migrations.FOLDER.glob("*.sql"):
            if path.name < name:
                shutil.copy(path, folder)
        patch.setattr(migrations, "FOLDER", Path(folder))
        yield


def migrate_until(database_url: str, name: str) -> None:
    """Runs every migration before this one."""
    with before(name):
        migrations.migrate(database_url)
