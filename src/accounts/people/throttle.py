"""How often somebody may try: growing pauses, counted where no crash forgets them, and no lock that strangers turn."""

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from kernel.clock import MOST_APART, must_agree
from kernel.errors import Refusal
from kernel.store import Store

# A count that ends later than any can was made by a clock that has been put right since.
# Who comes too early is neither counted nor looked at. Of many at once one gets through: the row is locked.
TRY = """
INSERT INTO door_tries AS r (key, count, ends_at) VALUES (%(key)s, 1, %(now)s + %(forget)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN r.ends_at <= %(now)s OR r.ends_at > %(now)s + %(forget)s + %(apart)s THEN 1 ELSE r.count + 1 END,
    ends_at = %(now)s + %(forget)s
WHERE r.ends_at <= %(now)s OR r.ends_at > %(now)s + %(forget)s + %(apart)s OR r.count < %(free)s
    OR %(now)s >= r.ends_at - %(forget)s + least(2 ^ least(r.count - %(free)s, 20), %(longest)s) * interval '1 second'
RETURNING count"""
WAIT = """
SELECT ceil(extract(epoch FROM ends_at - %(forget)s - %(now)s) / 60
    + least(2 ^ least(count - %(free)s, 20), %(longest)s) / 60)::int
FROM door_tries WHERE key = %(key)s"""
FORGET = "DELETE FROM door_tries WHERE key = ANY(%s)"
FORGET_PAST = "DELETE FROM door_tries WHERE ends_at < least(%s, now())"
GIVE_BACK = "UPDATE door_tries SET count = greatest(count - 1, 0) WHERE key = ANY(%s)"
SPEND = """
INSERT INTO door_tries AS r (key, count, ends_at) VALUES (%s, 1, %s) ON CONFLICT DO NOTHING RETURNING count"""


class TriedTooOften(Refusal):
    """`minutes` until the next try is looked at."""

    status = 429


class Gate(Struct, frozen=True):
    """`free` tries pass at once; then each pause is twice as long as the one before, up to `longest` seconds.

    What is not tried for as long as `forget` is forgotten. `is_own` says that success clears it.
    """

    key: str
    free: int
    longest: int = 900
    forget: timedelta = timedelta(days=1)
    is_own: bool = False


def gates(email: str, address: str, device_id: UUID | None = None) -> list[Gate]:
    """What a try at the door passes: the address it comes from, the account, and the whole door.

    A browser in which this account was signed in before has a gate of its own, which strangers cannot close.
    """
    if device_id:
        return [Gate(f"door/device/{device_id}", 10, is_own=True)]
    everybody = Gate("door", 1000, longest=2, forget=timedelta(minutes=1))
    return [Gate(f"door/address/{network(address)}", 30), account(email), everybody]


def account(email: str) -> Gate:
    """Addresses of people are not written into a table of counts."""
    return Gate(f"door/account/{hashlib.sha256(email.encode()).hexdigest()[:32]}", 5, is_own=True)


def code_gate(person_id: UUID) -> Gate:
    """For six digits: who gets as far as here knows the password already."""
    return Gate(f"door/code/{person_id}", 5, is_own=True)


def letter_gates(email: str, address: str) -> list[Gate]:
    """For asking for letters, which somebody else may have to read: few for one box, not many from one place."""
    letters = Gate(f"letters/{account(email).key}", 3, longest=3600)
    return [Gate(f"letters/address/{network(address)}", 20), letters]


def network(address: str) -> str:
    """One household has a whole /64 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 6:
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def must_not_hurry(store: Store, passed: Sequence[Gate], now: datetime) -> None:
    """Counts a try before it is looked at. Refuses one that comes too early, which then counts nowhere; and all of them
    while our clock is wrong."""
    with store.database.at_the_door() as db:
        must_agree(db)
        for gate in passed:
            facts = asdict(gate) | {"now": now, "apart": MOST_APART}
            if db.execute(TRY, facts).fetchone() is None:
                raise TriedTooOften(minutes=db.execute(WAIT, facts).fetchone()[0])


def forgive(store: Store, passed: Sequence[Gate], now: datetime) -> None:
    """After a try that was right: it counts against nobody. What was counted long ago goes too."""
    with store.database.at_the_door() as db:
        db.execute(FORGET_PAST, (now,))
        db.execute(FORGET, ([gate.key for gate in passed if gate.is_own],))
        db.execute(GIVE_BACK, ([gate.key for gate in passed if not gate.is_own],))


def spend(store: Store, words: str, until: datetime) -> bool:
    """Whether these words are used for the first time; they are remembered until then."""
    key = f"spent/{hashlib.sha256(words.encode()).hexdigest()}"
    with store.database.at_the_door() as db:
        return db.execute(SPEND, (key, until)).fetchone() is not None
