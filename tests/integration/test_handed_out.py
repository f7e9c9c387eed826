"""What lets somebody in, or takes data out, stands in no answer but those that say so, nor before who may less."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from accounts.rights import ROLES, Grants, rights_of
from accounts.team.commands import make_invitation
from accounts.team.invitation import beyond
from tests.browser.visitor import MOMENT, open_desk
from tests.integration.cast import Cast
from tests.integration.matrix import Cell, Visitor, cells
from tests.story import House
from web.api import limits

# How each of them is written; nobody writes such words by chance.
WRITTEN = {
    "link": r"/join/[\w=-]{70,}",
    "token": r"carnet_[\w-]{80,}",
    "secret": r"whsec_[\w+/=]{30,}",
    "codes": r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){3}\b",
    "second factor": r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}\b",
    "a letter's link": r"/(?:sign-in/link|reset|confirm-email|answer|sign-up)/[\w=-]{70,}",
}
# Those of the team who hold less than their role.
LIMITED = {
    "a manager without blocking": ("manager", Grants(taken=("clients.block",))),
    "a manager of one column": ("manager", Grants(sees=(UUID(int=1),))),
    "an owner without contacts": ("owner", Grants(taken=("clients.contacts",))),
}
SENT = {
    "settings.issue_token": {"name": "Site", "scope": "settings:read", "per_minute": 60},
    "settings.subscribe": {"url": "https://exemple.fr/crochet"},
}
SEEN_BY = (*ROLES, *LIMITED)


@pytest.fixture(scope="module")
def cast(database_url: str) -> Iterator[Cast]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "A_MINUTE_UNKNOWN", 1_000_000)
        with open_desk(database_url, patch) as desk:
            made = Cast(desk.app, desk.house, House(desk.house.store))
            for name, (role, grants) in LIMITED.items():
                sign_in = made.entering(*made.member(role, None, grants))
                made.visitors[name] = Visitor(name, sign_in, set(rights_of(role, None, grants).reach))
            desk.house.read_on()
            yield made


@pytest.fixture(scope="module")
def invitations(cast: Cast) -> dict[str, UUID]:
    """One for each role, made by whoever may make them all."""
    ids = {role: uuid4() for role in ROLES}
    for role, id in ids.items():
        facts = {"role": role, "expires_at": MOMENT + timedelta(days=7)}
        make_invitation(cast.store, id, **facts, by=cast.house.by(at=MOMENT))
    return ids


def handed(text: str) -> set[str]:
    return {power for power, written in WRITTEN.items() if re.search(written, text)}


def declared(cast: Cast, cell: Cell) -> set[str]:
    return set(getattr(cast.app.view_functions[cell.endpoint], "hands_out", ()))


def shown(browser: FlaskClient, visitor: Visitor, cell: Cell, cast: Cast) -> set[str]:
    answer = visitor.ask(browser, cell, cast.ours.ids)
    if answer.status_code != 200:
        return set()
    return handed(answer.text) | ({"file"} if "attachment" in answer.headers.get("Content-Disposition", "") else set())


@pytest.mark.parametrize("name", [*SEEN_BY, "anonymous", "who sees as a viewer", "support", "support that may change"])
def test_nothing_that_lets_in_is_in_an_answer_that_does_not_say_so(name: str, cast: Cast):
    visitor = cast.visitors[name]
    browser = visitor.sign_in()
    looked = [cell for cell in cells(cast.app) if cell.method == "GET" and not cell.rule.rule.startswith("/api/")]
    assert len(looked) > 90
    found = {cell.endpoint: shown(browser, visitor, cell, cast) - declared(cast, cell) for cell in looked}
    assert {endpoint: powers for endpoint, powers in found.items() if powers} == {}


def test_no_program_reads_a_secret_of_another(cast: Cast):
    for scope in ("settings:read", "webhooks:write", "events:read", "clients:read", "appointments:read"):
        visitor = cast.visitors[f"a program for {scope}"]
        looked = [cell for cell in cells(cast.app) if cell.method == "GET" and cell.rule.rule.startswith("/api/")]
        found = {cell.endpoint: shown(visitor.sign_in(), visitor, cell, cast) - declared(cast, cell) for cell in looked}
        assert {endpoint: powers for endpoint, powers in found.items() if powers} == {}


@pytest.mark.parametrize("name", SEEN_BY)
def test_a_link_is_shown_to_whoever_could_make_that_invitation(name: str, cast: Cast, invitations: dict[str, UUID]):
    visitor = cast.visitors[name]
    browser, (role, grants) = visitor.sign_in(), LIMITED.get(name, (name, Grants()))
    rights = rights_of(role, cast.house.claire if name == "practitioner" else None, grants)
    for invited, id in invitations.items():
        answer = browser.get(f"/settings/team/invitations/{id}")
        assert ("link" in handed(answer.text)) is (beyond(invited, None, rights) == []), invited
        assert ("<svg" in answer.text.partition('class="drawn"')[2]) is (beyond(invited, None, rights) == []), invited


@pytest.mark.parametrize("endpoint", SENT)
def test_what_says_that_it_hands_out_does(endpoint: str, cast: Cast):
    (cell,) = (each for each in cells(cast.app) if each.endpoint == endpoint and each.method == "POST")
    browser = cast.visitors["owner"].sign_in()
    answer = browser.post(cell.path(cast.app, cast.ours.ids), data=SENT[endpoint])
    assert handed(answer.text) == declared(cast, cell)
    viewer = cast.visitors["viewer"].sign_in().post(cell.path(cast.app, cast.ours.ids), data=SENT[endpoint])
    assert (viewer.status_code, handed(viewer.text)) == (403, set())
