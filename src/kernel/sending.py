"""Whether this installation sends anything to the outside: held in a restored copy until somebody releases it."""

from datetime import datetime

from psycopg import Connection

from kernel.store import Store

HOLD = "INSERT INTO held_sending (held_at) VALUES (now()) ON CONFLICT DO NOTHING"
RELEASE = "DELETE FROM held_sending"
HELD = "SELECT held_at FROM held_sending"


def hold(store: Store) -> None:
    with store.database.everywhere() as db:
        db.execute(HOLD)


def release(store: Store) -> None:
    """What is still useful leaves; the rest is settled with its reason, as after any long pause."""
    with store.database.everywhere() as db:
        db.execute(RELEASE)


def is_held(store: Store) -> bool:
    with store.database.everywhere() as db:
        return held_since(db) is not None


def held_since(db: Connection) -> datetime | None:
    """An aware instant; None while everything is sent."""
    row = db.execute(HELD, prepare=True).fetchone()
    return row[0] if row else None
