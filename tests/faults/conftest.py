"""A server of its own for tests that stop, kill or copy it; it flushes every commit, as the real one does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carnet.postgres import EmbeddedPostgres
from kernel.migrations import migrate


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    started = EmbeddedPostgres(home, {"shared_buffers": "16MB"})
    migrate(started.start())
    yield started
    started.stop()
