"""A day of fifty columns and a thousand appointments, against the one SQL query that fetches its lines."""

from datetime import date, datetime, time, timedelta
from itertools import product
from types import SimpleNamespace
from uuid import UUID, uuid4, uuid5

from flask.testing import FlaskClient

from accounts.commands import issue_token, open_organisation
from accounts.rights import SETUP
from accounts.token import SCOPES
from accounts.token_secrets import fresh_secret
from agenda.commands import add_resource, add_service, assign_performer, set_hours
from agenda.hours import Hours, WeeklyPeriod
from agenda.wanted import Wanted
from bench.measure import compare, report
from bench.workload import ZONE
from booking.commands import book_appointment
from carnet.wiring import catch_up, register
from clients.commands import create_client
from kernel.actors import Act
from kernel.store import Store
from projections import desk
from web.app import create_app

COLUMNS, VISITS = 50, 20
ON = date(2026, 11, 24)
ROUNDS = 25
KEY = "a secret of the benchmark, long enough to be one"
SETTINGS = SimpleNamespace(
    secret_key=KEY, metrics_token=None, proxies=0, public_url="http://localhost", breached_passwords=None
)


class House:
    """Fifty practitioners who see somebody every half hour of one day, and a program with a token."""

    def __init__(self, store: Store):
        self.store, self.id, self.service, self.token = store, uuid4(), uuid4(), uuid4()
        self.by = Act(organisation_id=self.id, actor="setup/bench", origin="setup", may=SETUP)
        register(store)
        open_organisation(store, name="Bench", country="FR", zone=ZONE.key, by=self.by)
        add_service(store, self.service, name="Consultation", duration_minutes=30, price_cents=5000, by=self.by)
        self.people = [self.add_person(number) for number in range(COLUMNS)]
        self.secret = fresh_secret(self.id, self.token)
        given = {"name": "Bench", "secret": self.secret, "scopes": list(SCOPES), "per_minute": 100_000}
        issue_token(store, self.token, **given, by=self.by)

    def add_person(self, number: int) -> UUID:
        id = uuid5(self.id, str(number))
        add_resource(self.store, id, kind="practitioner", name=f"Personne {number}", rank=number, by=self.by)
        weekly = [WeeklyPeriod(day, "08:00", "18:00") for day in range(7)]
        set_hours(self.store, id, Hours(weekly), by=self.by)
        assign_performer(self.store, self.service, id, by=self.by)
        return id

    def fill_day(self) -> None:
        """A thousand appointments, each of a client of its own."""
        for person, number in product(self.people, range(VISITS)):
            client = uuid4()
            create_client(self.store, client, {"first_name": "Émilie", "last_name": f"Roux {number}"}, by=self.by)
            starts_at = datetime.combine(ON, time(8), ZONE) + number * timedelta(minutes=30)
            book_appointment(
                self.store, uuid4(), client, starts_at, [Wanted(self.service, (person,))], note="Clé", by=self.by
            )
        catch_up(self.store)
        with self.store.database.pool.connection() as connection:
            connection.execute("VACUUM ANALYZE view_agenda, clients, texts")


def run(store: Store, _: str) -> None:
    house = House(store)
    house.fill_day()
    with store.database.everywhere() as db:
        events = db.execute("SELECT last_value FROM events_position_seq").fetchone()[0]
    browser = create_app(store, SETTINGS).test_client()
    headers = {"Authorization": f"Bearer {house.secret}"}
    things = {
        "day, facts": lambda: len(desk.day(store, house.id, ON, house.people).columns),
        "day, over HTTP": lambda: over_http(browser, headers),
    }
    for name, thing in things.items():
        median, limit = compare(thing, lambda: one_query(house), ROUNDS)
        report(name, events=events, n=ROUNDS, median_ms=median, limit=limit, ratio=median / limit)


def over_http(browser: FlaskClient, headers: dict[str, str]) -> int:
    """Everything that a program asks for: the token, the counting, the day, its JSON."""
    answer = browser.get(f"/api/v1/days/{ON}", headers=headers)
    if answer.status_code != 200:
        raise SystemExit(answer.text)
    return len(answer.data)


def one_query(house: House) -> int:
    """The lines of the day as plain rows."""
    with house.store.reading(house.id) as db:
        rows = db.execute(desk.OF_DAYS, ([ON], house.people), prepare=True).fetchall()
    if len(rows) != COLUMNS * VISITS:
        raise SystemExit(f"the day has {len(rows)} appointments")
    return len(rows)
