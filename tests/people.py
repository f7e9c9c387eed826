"""People in tests: somebody registered, their browser, and the telephone that shows their codes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
from eventsourcing.persistence import EventStore

from accounts.people import links, second_factor, sessions
from accounts.people.acts import as_self
from accounts.people.browsers import Browser
from accounts.people.commands import register_person
from accounts.people.person import Person
from accounts.people.queries import Visitor, visitor
from accounts.token_secrets import fresh_secret
from kernel.actors import Act
from kernel.events import MAPPER, Event
from kernel.recorder import Recorder
from kernel.store import Store
from tests.story import NOW

KEY = "a secret of the tests, long enough to be one"
PASSWORD = "un mot de passe"


class Somebody:
    """A person with an account of their own, at a moment that tests move on."""

    def __init__(self, store: Store, now: datetime = NOW, **facts: Any):
        self.store, self.now, self.id = store, now, uuid4()
        self.email = f"{self.id}@exemple.fr"
        given = {"name": "Sonia Marchetti", "email": self.email, "password": PASSWORD} | facts
        register_person(store, **given, by=self.by())
        self.device = fresh_secret(self.id, uuid4())
        self.telephone = ""

    def by(self) -> Act:
        return as_self(self.id, self.now)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def state(self) -> Person:
        return self.store.find(self.id, Person, self.id)

    def facts(self, name: str = "") -> list[str]:
        """The names of what happened, in order."""
        rows = self.rows("SELECT name FROM events WHERE stream_id = %s ORDER BY version", self.id)
        return [each for (each,) in rows if each.startswith(name)]

    def events(self) -> list[Event]:
        with self.store.reading(self.id) as db:
            return list(EventStore(MAPPER, Recorder(db)).get(self.id))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.store.reading(self.id) as db:
            return db.execute(query, values).fetchall()

    def open_session(self, method: str = "password", *, is_proven: bool = True, waits: bool = False) -> str:
        """The secret of a session opened just now."""
        id = uuid4()
        secret = fresh_secret(self.id, id)
        browser = Browser(words="Firefox · Linux", address="192.0.2.7", device=self.device)
        facts = {"secret": secret, "method": method, "browser": browser, "is_proven": is_proven}
        sessions.open_session(self.store, id, **facts, waits_for_code=waits, by=self.by())
        return secret

    def visitor(self, secret: str) -> Visitor | None:
        return visitor(self.store, secret, self.now)

    def ask_link(self, purpose: str) -> UUID:
        links.ask(self.store, purpose, by=self.by())
        return self.latest_link(purpose)

    def latest_link(self, purpose: str) -> UUID:
        query = "SELECT id FROM links WHERE purpose = %s ORDER BY asked_at DESC, revoked_at IS NULL DESC LIMIT 1"
        return self.rows(query, purpose)[0][0]

    def turn_on_codes(self) -> list[str]:
        """Sets up the telephone; returns the recovery codes."""
        self.telephone, codes = second_factor.fresh(), second_factor.fresh_codes()
        second_factor.prepare_second_factor(self.store, self.telephone, key=KEY, by=self.by())
        second_factor.turn_on_second_factor(self.store, self.code(), codes=codes, key=KEY, by=self.by())
        return codes

    def code(self, **off: float) -> str:
        """What the telephone shows now, or showed some time before or after."""
        return pyotp.TOTP(self.telephone).at(self.now + timedelta(**off))

    def give(self, code: str) -> None:
        second_factor.give_code(self.store, code, key=KEY, by=self.by())
