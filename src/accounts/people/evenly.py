"""Work that is done for everybody and kept for some, so that nobody can tell by the time which it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, Rollback


@contextmanager
def kept_only_if(connection: Connection, is_kept: bool) -> Iterator[None]:
    """Takes the work back otherwise. The commit waits for the disk all the same, and each way rolls back once: after
    a rollback the driver prepares its statements anew, which the next visitor on this connection would feel."""
    with connection.transaction():
        yield
        if not is_kept:
            raise Rollback
    with connection.transaction():
        if is_kept:
            raise Rollback
