"""What it costs to know who asks and what they may do, against one query by key in a transaction of its own."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from accounts.people import sessions
from accounts.people.acts import as_self
from accounts.people.browsers import Browser
from accounts.people.commands import register_person
from accounts.people.queries import visitor
from accounts.team.commands import add_member
from accounts.token_secrets import fresh_secret
from bench.day import House
from bench.measure import compare, report
from kernel.store import Store
from web.inside import standing_there

ROUNDS = 400
ONE = "SELECT state FROM states WHERE kind = 'Member' AND stream_id = %s"


def run(store: Store, _: str) -> None:
    house, now = House(store), datetime.now(UTC)
    secret, member_id = somebody(house, now)

    def recognise() -> int:
        who = visitor(store, secret, now, "192.0.2.7")
        return len(standing_there(store, who, now).rights.reach)

    median, limit = compare(recognise, lambda: one_query(house, member_id), ROUNDS)
    report("door, who asks", n=ROUNDS, median_ms=median, limit=limit, ratio=median / limit)


def somebody(house: House, now: datetime) -> tuple[str, UUID]:
    """A secretary who is signed in and in the house."""
    person_id, member_id, session_id = uuid4(), uuid4(), uuid4()
    by, facts = as_self(person_id, now), {"name": "Sonia", "email": f"{person_id}@exemple.fr"}
    register_person(house.store, **facts, by=by)
    add_member(house.store, member_id, person_id=person_id, **facts, role="secretary", by=house.by)
    secret = fresh_secret(person_id, session_id)
    browser = Browser(words="Firefox", address="192.0.2.7", device=fresh_secret(person_id, uuid4()))
    how = {"method": "password", "is_proven": True, "waits_for_code": False, "house": (house.id, member_id)}
    sessions.open_session(house.store, session_id, secret=secret, browser=browser, **how, by=by)
    return secret, member_id


def one_query(house: House, id: UUID) -> int:
    with house.store.reading(house.id) as db:
        return len(db.execute(ONE, (id,), prepare=True).fetchall())
