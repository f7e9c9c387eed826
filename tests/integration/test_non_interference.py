"""Two houses on one database: whatever happens in the other one, not a byte of what ours is answered changes."""

import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from difflib import unified_diff
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, has_request_context, request
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from accounts.commands import change_organisation, issue_token
from accounts.team.commands import make_invitation
from accounts.token import SCOPES
from agenda.commands import plan_absence
from booking.commands import cancel_appointment
from clients.commands import block_client, edit_client, merge_clients
from kernel.database import Database
from kernel.errors import Refusal
from tests.api.test_api_isolation import CANARY, OPERATIONS, Furnished
from tests.browser.visitor import Desk, open_desk
from tests.story import House, at
from tests.uploads import read_in
from web.api import limits
from web.entry import Scope
from webhooks.commands import subscribe

FULL = os.environ.get("CARNET_FULL") == "1"
ROUNDS = 200 if FULL else 4
DEEDS_A_ROUND = 6
# What these say is about the server and all its houses, and is meant to be.
OF_THE_SERVER = {
    "health.check": "how late each reader is",
    "health.measure": "figures for whoever runs the server",
    "static": "files of the program",
}
# Closed to owners as well: for those who run the server.
OF_OPERATORS = {"/support"}
# Whoever takes files out is in the history with it.
NOTED = {"clients_export"}
# What stands in an address before an identifier, and what it then names.
NAMED = {
    "absences": "absences",
    "closures": "places",
    "hours": "resources",
    "groups": "resources",
    "resources": "resources",
    "services": "services",
    "appointments": "appointments",
    "clients": "clients",
    "series": "series",
    "import": "client-imports",
    "webhooks": "webhooks",
    "team": "team",
    "invitations": "invitations",
}
# A sealed link opens with a letter alone; without one all are told the same.
WORDS = {"on": "2026-11-24", "month": "2026-11", "deed": "move", "words": "not-a-sealed-link", "colour": "0f7a4f"}
WORDS |= {"view": "agenda", "moment": "20261124T0800Z"}
# An appointment is asked where it leads only when it is one of a series.
OCCURRENCE = {"desk.scope"}
# Asked of every page, which takes what it knows of it.
ASKED = {"words": CANARY, "on": "2026-11-24", "at": "2026-11-24T14:00:00Z", "deed": "cancel", "scope": "this"}
ASKED |= {"year": "2027", "from_on": "2026-11-24", "is_whole_days": "1"}
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# New with every answer: nonces, tokens of forms, questions to passkeys, and how much of a minute's requests is left.
FRESH = re.compile(
    r'nonce-[\w+/=-]+|nonce="[^"]+"|csrf_token"[^>]*?value="[^"]+"|X-CSRFToken": "[^"]+"'
    r'|name="seal" value="[^"]+"|challenge&#34;: &#34;[\w-]+'
)
# The length is that of the whole, with what is new in it.
PASSING = {"Content-Length", "Date", "Set-Cookie", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"}

Answers = dict[str, str]


class Ours:
    """A furnished house with its owner at the desk and its program at the door."""

    def __init__(self, desk: Desk):
        self.desk = desk.enter("owner")
        self.furnished = Furnished(desk.house, desk.app)
        ids = self.furnished.ids
        ids |= {"team": str(desk.house.member_id), "invitations": str(invited(desk.house))}
        self.asked = ASKED | {"resource": ids["resources"], "client": ids["clients"], "with": ids["others"]}
        self.occurrence = str(desk.house.rows("SELECT appointment_id FROM view_occurrences")[0][0])

    def answers(self) -> Answers:
        """Everything that anybody of this house can ask for, with the answer to it."""
        self.desk.house.read_on()
        return dict([*self.to_the_owner(), *self.to_the_program()])

    def taken_out(self) -> Answers:
        """The answers that leave a fact behind, so that whatever is asked next is answered otherwise."""
        return dict(self.to_the_program(are_noted=True))

    def to_the_owner(self) -> Iterator[tuple[str, str]]:
        for rule in pages(self.desk.app):
            path = self.path(rule)
            for asked in ({}, self.asked):
                yield f"{rule} {bool(asked)}", whole(self.desk.visitor.get(path, query_string=asked))

    def path(self, rule: Rule) -> str:
        values = {name: WORDS.get(name) or self.furnished.ids[kind_of(rule, name)] for name in rule.arguments}
        values |= {"id": self.occurrence} if rule.endpoint in OCCURRENCE else {}
        return self.desk.app.url_map.bind("localhost").build(rule.endpoint, values)

    def to_the_program(self, *, are_noted: bool = False) -> Iterator[tuple[str, str]]:
        for operation in OPERATIONS:
            if operation.method == "get" and (operation.name in NOTED) is are_noted:
                call = operation.call(self.furnished.ids)
                yield f"{operation.path} {operation.name}", whole(call.by(self.furnished.program))


def pages(app: Flask) -> list[Rule]:
    """Every address that answers a GET and is no operation of the programming face, which are listed elsewhere."""
    views = app.view_functions
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in rule.methods)
    return sorted(
        (
            rule
            for rule in rules
            if not isinstance(views[rule.endpoint].admits[0], Scope) and rule.endpoint not in OF_THE_SERVER
        ),
        key=str,
    )


def kind_of(rule: Rule, name: str) -> str:
    return NAMED[re.search(rf"([\w-]+)/<[\w:]*{name}>", str(rule))[1]]


def whole(answer: TestResponse) -> str:
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name not in PASSING)
    return FRESH.sub("·", "\n".join([answer.status, *headers, "", answer.get_data(as_text=True)]))


def identifiers(answers: Answers) -> set[str]:
    return set(UUID_TEXT.findall("\n".join(answers.values())))


def without(answers: Answers, fresh: set[str]) -> Answers:
    """The same with identifiers masked that were drawn for a form: nobody has met them before."""
    return {
        asked: UUID_TEXT.sub(lambda found: "·" if found[0] in fresh else found[0], said)
        for asked, said in answers.items()
    }


def invited(house: House) -> UUID:
    id = uuid4()
    make_invitation(house.store, id, role="secretary", expires_at=at(9, days=30), by=house.by())
    return id


class Theirs:
    """The other house: the same names, phones, addresses and instants, and new deeds with every round."""

    def __init__(self, house: House, app: Flask):
        self.house = house
        house.join(f"{house.id}@exemple.fr")
        self.furnished = Furnished(house, app)
        self.clients = [UUID(self.furnished.ids[name]) for name in ("clients", "others")]
        self.booked: list[UUID] = []

    def live(self, dice: random.Random) -> None:
        for deed in dice.sample(self.deeds(), DEEDS_A_ROUND):
            try:
                deed(dice)
            except Refusal:
                continue
        self.house.read_on()

    def deeds(self) -> list[Callable[[random.Random], Any]]:
        own = (self.open_file, self.edit, self.merge, self.block, self.book, self.cancel, self.be_away)
        return [*own, self.invite, self.listen, self.let_in, self.offer, self.bring_in, self.rename, self.repeat]

    def open_file(self, dice: random.Random) -> None:
        self.clients.append(self.house.client(CANARY, CANARY, phone="0612345678", email="canari@exemple.fr"))

    def edit(self, dice: random.Random) -> None:
        edit_client(self.house.store, dice.choice(self.clients), {"remarks": str(dice.random())}, by=self.house.by())

    def merge(self, dice: random.Random) -> None:
        merge_clients(self.house.store, *dice.sample(self.clients, 2), by=self.house.by())

    def block(self, dice: random.Random) -> None:
        block_client(self.house.store, dice.choice(self.clients), reason=CANARY, by=self.house.by())

    def book(self, dice: random.Random) -> None:
        starts_at = at(dice.choice((9, 10, 11, 14, 15)), days=dice.randrange(20))
        client_id = dice.choice(self.clients)
        self.booked.append(self.house.book(starts_at, client_id=client_id, note=CANARY))

    def cancel(self, dice: random.Random) -> None:
        if self.booked:
            cancel_appointment(self.house.store, dice.choice(self.booked), reason=CANARY, by=self.house.by())

    def be_away(self, dice: random.Random) -> None:
        day = dice.randrange(30)
        plan_absence(self.house.store, uuid4(), self.house.karim, at(9, days=day), at(18, days=day), by=self.house.by())

    def invite(self, dice: random.Random) -> None:
        invited(self.house)

    def listen(self, dice: random.Random) -> None:
        subscribe(self.house.store, uuid4(), f"https://exemple.fr/{CANARY}", by=self.house.by())

    def let_in(self, dice: random.Random) -> None:
        secret = f"{dice.random()}"
        issue_token(self.house.store, uuid4(), name=CANARY, secret=secret, scopes=tuple(SCOPES), by=self.house.by())

    def offer(self, dice: random.Random) -> None:
        self.house.add_service(uuid4(), f"Massage {dice.random()}", 30)
        self.house.add_practitioner(uuid4(), "Claire Moreau", dice.randrange(9))

    def bring_in(self, dice: random.Random) -> None:
        read_in(self.house, uuid4(), "clients.csv", f"Nom\n{CANARY}\n".encode())

    def rename(self, dice: random.Random) -> None:
        change_organisation(self.house.store, name=f"Les Tilleuls {dice.random()}", by=self.house.by())

    def repeat(self, dice: random.Random) -> None:
        wanted = [{"service_id": str(self.house.massage), "resource_ids": [str(self.house.karim)]}]
        pattern = {
            "first_on": f"2026-12-{dice.randrange(1, 28):02}",
            "wall_time": "11:00",
            "rule": "FREQ=DAILY;COUNT=2",
        }
        self.furnished.program.post("/series", pattern | {"services": wanted})


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(limits, "A_MINUTE_UNKNOWN", 100_000)
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


def test_what_happens_in_another_house_changes_no_byte_of_what_ours_is_answered(desk: Desk):
    ours = Ours(desk)
    taken_out = ours.taken_out()
    # The first look leaves traces of its own: that the token was used, that the owner was there.
    _, first, second = ours.answers(), ours.answers(), ours.answers()
    stable = identifiers(first) & identifiers(second)
    before = without(first, identifiers(first) - stable)
    assert differences(before, without(second, identifiers(second) - stable)) == {}
    theirs = Theirs(House(desk.house.store), desk.app)
    for number in range(ROUNDS):
        theirs.live(random.Random(number))
        answers = ours.answers()
        told = without(answers, identifiers(answers) - stable - known_to(theirs))
        assert differences(before, told) == {}, number
    assert differences(taken_out, ours.taken_out()) == {}


def differences(before: Answers, after: Answers) -> dict[str, list[str]]:
    """The lines that differ, by what was asked."""
    changed = {asked: (before.get(asked, ""), said) for asked, said in after.items() if before.get(asked) != said}
    return {asked: list(unified_diff(*map(str.splitlines, pair), n=0)) for asked, pair in changed.items()}


def known_to(theirs: Theirs) -> set[str]:
    """Every identifier of the other house: one that shows is no fresh one."""
    rows = theirs.house.rows("SELECT stream_id::text FROM events UNION SELECT id::text FROM texts")
    return {id for (id,) in rows} | {str(theirs.house.id)}


def test_every_route_is_asked_and_answers(desk: Desk):
    ours = Ours(desk)
    answers = ours.answers() | ours.taken_out()
    found: dict[str, set[str]] = defaultdict(set)
    for asked, said in answers.items():
        found[asked.partition(" ")[0]].add(said[:3])
    assert {route for route, statuses in found.items() if not statuses & {"200", "204", "302"}} <= by_letter(
        desk.app
    ) | OF_OPERATORS
    assert not {said[:3] for said in answers.values()} & {"500", "503"}


def by_letter(app: Flask) -> set[str]:
    return {str(rule) for rule in pages(app) if "words" in rule.arguments}


def test_no_page_looks_across_houses_as_readers_do(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    roles: dict[str, set[str]] = defaultdict(set)
    enter = Database.transaction

    def noted(self: Database, role: str, organisation_id: UUID | None = None) -> Any:
        if has_request_context():
            roles[role].add(request.endpoint)
        return enter(self, role, organisation_id)

    ours = Ours(desk)
    monkeypatch.setattr(Database, "transaction", noted)
    ours.answers()
    desk.get("/health")
    desk.get("/support/health")
    assert roles["carnet_reader"] <= OF_THE_SERVER.keys()
    assert len(roles["carnet_app"]) > 50
