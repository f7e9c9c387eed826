"""A practice with something to hide: a column out of sight of some, and contacts and notes out of sight of others."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask.testing import FlaskClient

from accounts.commands import open_place
from accounts.rights import Grants
from agenda.commands import assign_performer, change_resource, plan_absence
from agenda.wanted import Wanted
from booking.commands import cancel_appointment, mark_arrived
from booking.series.commands import cancel_series, plan_series
from booking.series.rule import Rule
from clients.commands import add_client_field, add_client_note, edit_client
from notifications.messages.commands import plan_messages
from notifications.messages.correspondence import id_for
from tests.browser.visitor import MOMENT, Desk
from tests.integration.cast import Cast
from tests.story import House, at

PHONE, EMAIL, STREET, TOWN = "0699887766", "canari@exemple.fr", "17 rue du Canari", "Canarville"
REMARK, NOTE, PINNED, OWN = "remarque-canari", "note-canari", "note-canari-fixe", "champ-canari"
HIDDEN_NOTE, REASON, SURNAME = "consigne-canari", "absence-canari", "Canarissime"


class Practice:
    """Anna's column, which all may look at, and Boris's, which those do not see who see hers alone."""

    def __init__(self, desk: Desk):
        self.house, self.app = desk.house, desk.app
        self.cast = Cast(desk.app, desk.house, House(desk.house.store))
        self.annexe = uuid4()
        by = self.house.by()
        open_place(self.house.store, self.annexe, name="Annexe", zone="Europe/Paris", country="FR", by=by)
        self.anna, self.boris = (self.practitioner(name) for name in ("Anna", "Boris"))
        change_resource(self.house.store, self.anna, place_ids=[self.annexe], by=by)
        self.field = uuid4()
        add_client_field(self.house.store, self.field, label="Origine", by=by)
        self.client, self.stranger = self.file("Rousseau"), self.file(SURNAME)
        self.seen = self.things(self.anna, self.client, "", "")
        self.hidden = self.things(self.boris, self.stranger, HIDDEN_NOTE, REASON)
        # One client of both, and a room that Boris takes.
        self.hidden["visit"] = self.book(self.boris, 14, self.client)
        self.hidden["in the room"] = self.house.book(at(16), self.house.check_up, self.boris, client_id=self.stranger)
        self.house.read_on()

    def practitioner(self, name: str) -> UUID:
        id = self.house.add_practitioner(uuid4(), name, 5)
        for service in (self.house.massage, self.house.check_up):
            assign_performer(self.house.store, service, id, by=self.house.by())
        return id

    def file(self, last_name: str) -> UUID:
        id, by = self.house.client("Zoé", last_name, phone=PHONE, email=EMAIL), self.house.by()
        words = {"address": STREET, "town": TOWN, "remarks": REMARK, "custom": {str(self.field): OWN}}
        edit_client(self.house.store, id, words, by=by)
        add_client_note(self.house.store, id, uuid4(), NOTE, by=by)
        add_client_note(self.house.store, id, uuid4(), PINNED, is_pinned=True, by=by)
        return id

    def book(self, column: UUID, hour: int, client_id: UUID, note: str = "", **facts: Any) -> UUID:
        return self.house.book(at(hour), resource=column, client_id=client_id, note=note, **facts)

    def things(self, column: UUID, client_id: UUID, note: str, reason: str) -> dict[str, UUID]:
        """An appointment, and one in each state that a deed asks for; a series, an absence."""
        store, by, id = self.house.store, self.house.by(), uuid4()
        made = {"appointments": self.book(column, 17, client_id, note), "past": self.book(column, 9, client_id)}
        made["requested"] = self.book(column, 11, client_id, status="requested", by=self.house.by(at=MOMENT))
        made["cancelled"], made["arrived"] = self.book(column, 15, client_id), self.book(column, 10, client_id)
        cancel_appointment(store, made["cancelled"], by=by)
        mark_arrived(store, made["arrived"], by=self.house.by(at=at(10)))
        rule, wanted = Rule(unit="day", count=3), [Wanted(self.house.massage, (column,))]
        plan_series(store, id, client_id, date(2026, 12, 7), "09:00", rule, wanted, by=by)
        if reason:
            plan_absence(store, uuid4(), column, at(9, days=1), at(18, days=1), reason=reason, by=by)
        plan_messages(store, made["appointments"], by=by)
        written = uuid5(id_for(made["appointments"]), "news/1")
        return made | {"series": id, "clients": client_id, "messages": written}

    def sign_in(self, name: str) -> FlaskClient:
        if name == "support":
            return self.cast.visitors["support"].sign_in()
        role, own, grants = self.members()[name]
        return self.cast.entered(*self.of_the_house(*self.cast.member(role, own, grants)))

    def of_the_house(self, somebody: Any, id: UUID) -> tuple[Any, House, UUID]:
        return somebody, self.house, id

    def members(self) -> dict[str, tuple[str, UUID | None, Grants]]:
        no_contacts = Grants(taken=("clients.contacts",))
        return {
            "a secretary of one column": ("secretary", None, Grants(sees=(self.anna,))),
            "a secretary of one place": ("secretary", None, Grants(places=(self.annexe,))),
            "a practitioner of one column": ("practitioner", self.anna, Grants(sees=(self.anna,))),
            "a practitioner": ("practitioner", self.anna, Grants()),
            "a manager without contacts": ("manager", None, no_contacts),
            "a practitioner without contacts": ("practitioner", self.anna, no_contacts),
            "a viewer without contacts": ("viewer", None, no_contacts),
        }

    def another_day(self) -> tuple[UUID, UUID, str, str]:
        """Time of Anna's that nobody has taken: what was made on it before is cancelled."""
        for id in self.seen.values():
            if self.house.rows("SELECT 1 FROM view_visits WHERE appointment_id = %s AND status <> 'cancelled'", id):
                cancel_appointment(self.house.store, id, by=self.house.by())
        cancel_series(self.house.store, self.seen["series"], by=self.house.by())
        return self.anna, self.client, "", ""

    def ids(self, things: dict[str, UUID]) -> dict[str, str]:
        """For every kind of thing that a page names: one of these, else one of the house."""
        return self.cast.ours.ids | {kind: str(id) for kind, id in things.items()}

    def occurrences(self, things: dict[str, UUID]) -> set[str]:
        rows = self.house.rows("SELECT appointment_id FROM view_occurrences WHERE series_id = %s", things["series"])
        return {str(id) for (id,) in rows}

    def traces(self) -> set[str]:
        """What would tell of Boris's column."""
        ids = {str(id) for kind, id in self.hidden.items() if kind != "clients"}
        return ids | self.occurrences(self.hidden) | {HIDDEN_NOTE, REASON}
