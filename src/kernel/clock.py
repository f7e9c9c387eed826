"""Whether our clock may be trusted: held against the database's, and against what was written last."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from msgspec import Struct
from psycopg import Connection

from kernel.errors import Unavailable

log = structlog.get_logger()

MOST_APART = timedelta(minutes=2)
# What two clocks that agree are doubted for, in seconds: the last event may be the one that a wrong clock wrote, and a
# jump may have been to the right time.
DOUBT_LASTS = 600.0

# The last event is looked for among the last thousand positions: one house sees its own alone, which may be far back.
MEASURE = """
SELECT extract(epoch FROM %(ours)s - now())::float8,
    (SELECT CASE WHEN pg_input_is_valid(last.at, 'timestamptz')
        THEN extract(epoch FROM last.at::timestamptz - %(ours)s) END
    FROM (SELECT substring(left(state, 1000) FROM '"at": ?"([^"]+)"') AS at FROM events
        WHERE position > (SELECT last_value FROM events_position_seq) - 1000
        ORDER BY position DESC LIMIT 1) last)::float8"""

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
    """Against the last event that this connection may see."""
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


def since_start() -> float:
    """How far our clock is from the time since the machine was started, asleep or not; it jumps when our clock does."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


class Trust:
    """Whether work may be done by this clock: by what was measured last, and if it has not jumped since.

    A jump that the database's clock went along with is doubted for as long as the log alone is.
    """

    def __init__(self) -> None:
        self.clock, self.offset = Clock(0.0, 0.0), since_start()
        self.doubted_since: float | None = None

    def weigh(self, measured: Clock) -> None:
        if measured.agrees and not self.clock.agrees:
            self.offset = since_start()
        self.clock = measured

    @property
    def is_given(self) -> bool:
        if self.clock.is_right and not self.has_jumped:
            self.doubted_since, self.offset = None, since_start()
        elif self.doubted_since is None:
            self.doubted_since = time.monotonic()
        return self.doubted_since is None or (self.clock.agrees and self.is_old)

    @property
    def is_old(self) -> bool:
        """Whether the doubt has lasted for long enough; a jump is then taken for true."""
        is_old = time.monotonic() - self.doubted_since > DOUBT_LASTS
        self.offset = since_start() if is_old else self.offset
        return is_old

    @property
    def has_jumped(self) -> bool:
        return abs(since_start() - self.offset) > MOST_APART.total_seconds()
