"""How often a program may ask: counted in PostgreSQL, so that losing Redis opens no gate."""

import threading
import time
from typing import Any

from flask import Flask, g
from flask_limiter import Limiter
from limits.storage import Storage

from kernel.store import Store
from web.addresses import asking
from web.api.problems import is_for_programs

A_MINUTE_UNKNOWN = 120
# A window that ends later than it can was opened by a clock that has been put right since.
COUNT = """
INSERT INTO rate_windows AS r (key, count, ends_at) VALUES (%(key)s, %(n)s, now() + make_interval(secs => %(secs)s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN r.ends_at BETWEEN now() AND excluded.ends_at THEN r.count ELSE 0 END + %(n)s,
    ends_at = CASE WHEN r.ends_at BETWEEN now() AND excluded.ends_at THEN r.ends_at ELSE excluded.ends_at END
RETURNING count, extract(epoch FROM ends_at)::float"""
KNOWN = "SELECT count, extract(epoch FROM ends_at)::float FROM rate_windows WHERE key = %s AND ends_at > now()"
FORGET = "DELETE FROM rate_windows WHERE ends_at < now()"
FORGET_EVERY = 1000


class Windows(Storage):
    """Fixed windows in the house's database, for the limits library."""

    STORAGE_SCHEME = ["carnet"]  # noqa: RUF012 — the library's own form
    base_exceptions = ()

    def __init__(self, uri: str | None = None, *, store: Store, **options: Any):
        super().__init__(uri, **options)
        self.store = store
        # What counting has just answered is asked for again at once, for the headers.
        self.latest = threading.local()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self.store.database.at_the_door() as db:
            row = db.execute(COUNT, {"key": key, "n": amount, "secs": expiry}, prepare=True).fetchone()
            if row[0] % FORGET_EVERY == 0:
                db.execute(FORGET)
        self.latest.known = {key: row}
        return row[0]

    def get(self, key: str) -> int:
        return self.known(key)[0]

    def get_expiry(self, key: str) -> float:
        return self.known(key)[1]

    def known(self, key: str) -> tuple[int, float]:
        latest = getattr(self.latest, "known", {})
        if key in latest:
            return latest[key]
        with self.store.database.at_the_door() as db:
            return db.execute(KNOWN, (key,), prepare=True).fetchone() or (0, time.time())

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self.store.database.at_the_door() as db:
            return db.execute("DELETE FROM rate_windows").rowcount

    def clear(self, key: str) -> None:
        self.latest.known = {}
        with self.store.database.at_the_door() as db:
            db.execute("DELETE FROM rate_windows WHERE key = %s", (key,))


def install(app: Flask) -> None:
    Limiter(
        who,
        app=app,
        storage_uri="carnet://",
        storage_options={"store": app.store},
        strategy="fixed-window",
        application_limits=[how_often],
        application_limits_exempt_when=lambda: not is_for_programs(),
        headers_enabled=True,
    )


def who() -> str:
    """The token that asks; without one, the address that the request came from."""
    return f"token/{g.member.id}" if g.member else f"address/{asking()}"


def how_often() -> str:
    """Asked of every request, also of people's, which are exempt."""
    return f"{getattr(g.member, 'per_minute', A_MINUTE_UNKNOWN)} per minute"
