"""Whether our clock may be trusted: held against the database's, and against what was written last."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from msgspec import Struct
from psycopg import Connection

from kernel.errors import Unavailable

log = structlog.get_logger()

MOST_APART = timedelta(minutes=2)
# The log alone stops nothing for longer: its last event may be the one that a wrong clock wrote.
LOG_COUNTS_FOR = 600.0

MEASURE = """
SELECT extract(epoch FROM %(ours)s - now())::float8,
    (SELECT CASE WHEN pg_input_is_valid(last.at, 'timestamptz')
        THEN extract(epoch FROM last.at::timestamptz - %(ours)s) END
    FROM (SELECT substring(left(state, 1000) FROM '"at": ?"([^"]+)"') AS at
        FROM events ORDER BY position DESC LIMIT 1) last)::float8"""


AHEAD = "SELECT extract(epoch FROM %s - now())::float8"


class ClockWrong(Unavailable):
    """Our clock and the database's are so far apart that nothing may be counted or ended by either."""


class Clock(Struct, frozen=True):
    """`ahead` is how many seconds ours is before the database's, `behind` how many the last event is before ours."""

    ahead: float
    behind: float

    @property
    def is_right(self) -> bool:
        return self.agrees and self.behind <= MOST_APART.total_seconds()

    @property
    def agrees(self) -> bool:
        """Whether it agrees with the database's, whatever the log says."""
        return abs(self.ahead) <= MOST_APART.total_seconds()


def measured(db: Connection) -> Clock:
    ahead, behind = db.execute(MEASURE, {"ours": now()}, prepare=True).fetchone()
    return Clock(ahead, behind or 0.0)


def must_agree(db: Connection) -> None:
    """Refuses to go on while our clock and the database's are apart."""
    ahead = db.execute(AHEAD, (now(),), prepare=True).fetchone()[0]
    if not Clock(ahead, 0.0).is_right:
        log.warning("clock apart from the database's", seconds=round(ahead))
        raise ClockWrong(f"{ahead:.0f} seconds apart")


def now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


class Trust:
    """Whether work may be done by this clock, as it was measured from time to time."""

    def __init__(self) -> None:
        self.is_given = True
        self.doubted_since: float | None = None

    def weigh(self, clock: Clock) -> bool:
        """Two clocks that agree outweigh the log after ten minutes."""
        if clock.is_right:
            self.doubted_since = None
        elif self.doubted_since is None:
            self.doubted_since = time.monotonic()
        self.is_given = clock.is_right or (
            clock.agrees and time.monotonic() - self.doubted_since > LOG_COUNTS_FOR
        )
        return self.is_given
