"""Deciding again on the newer state when another command was faster."""

import time
from collections.abc import Callable
from typing import TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

from kernel.errors import ClaimsClash, IdTaken, TimeNotFree, VersionChanged, VersionClash

Decided = TypeVar("Decided")
TRIES = 6
CLASHES = (ClaimsClash, VersionClash, UniqueViolation, DeadlockDetected, SerializationFailure)


def with_retries(attempt: Callable[[], Decided]) -> Decided:
    """Decides again on the newer state when another command was faster. A clash in the ledger is decided again too:
    the new decision sees the time as taken and says by what. What clashes every time is refused."""
    for number in range(TRIES):
        try:
            return attempt()
        except CLASHES as clash:
            # A second decision has seen what it met: a row that is still in its way is there to stay.
            if number == TRIES - 1 or (number and isinstance(clash, UniqueViolation)):
                raise refusal_of(clash) from clash
        time.sleep(0.005 * 2**number)
    raise AssertionError("unreachable")


def refusal_of(clash: Exception) -> Exception:
    match clash:
        case ClaimsClash():
            return TimeNotFree()
        case VersionClash():
            return IdTaken() if clash.is_new else VersionChanged()
        case UniqueViolation():
            return IdTaken()
    return clash
