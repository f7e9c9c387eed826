"""Sessions: what lets in, for how long, and how that ends."""

from uuid import uuid4

import pytest

from accounts.people import passwords, queries, sessions
from accounts.people.browsers import Browser
from accounts.token_secrets import fresh_secret
from kernel.errors import NotFound
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import Somebody
from tests.story import House


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def sonia(store: Store) -> Somebody:
    return Somebody(store)


def test_a_session_lets_in_with_its_whole_secret_alone(sonia: Somebody):
    secret = sonia.open_session()
    assert sonia.visitor(secret).email == sonia.email
    other = fresh_secret(sonia.id, sonia.visitor(secret).session_id)
    for wrong in (other, secret[:-2], "", "carnet_é", secret.replace("carnet_", "")):
        assert sonia.visitor(wrong) is None


def test_the_secret_is_nowhere_in_the_database(sonia: Somebody):
    secret = sonia.open_session()
    (kept,) = sonia.rows("SELECT row_to_json(sessions)::text FROM sessions")
    assert secret not in kept[0]
    assert len(secret) >= 84


def test_a_session_ends_after_twelve_hours_without_a_visit(sonia: Somebody):
    secret = sonia.open_session()
    for _ in range(3):
        sonia.wait(hours=11, minutes=59)
        assert sonia.visitor(secret)
    sonia.wait(hours=12)
    assert sonia.visitor(secret) is None


def test_a_session_ends_after_thirty_days_whatever_is_done(sonia: Somebody):
    secret = sonia.open_session()
    for _ in range(3 * 30 - 1):
        sonia.wait(hours=8)
        assert sonia.visitor(secret)
    sonia.wait(hours=8)
    assert sonia.visitor(secret) is None


def test_a_visit_is_noted_once_a_minute(sonia: Somebody):
    secret = sonia.open_session()
    for seconds, seen in ((30, 0), (31, 61), (30, 61)):
        sonia.wait(seconds=seconds)
        queries.visitor(sonia.store, secret, sonia.now)
        assert sonia.rows("SELECT extract(epoch FROM seen_at - opened_at)::int FROM sessions") == [(seen,)]


def test_a_session_that_waits_for_its_code_lets_nobody_in(sonia: Somebody):
    secret = sonia.open_session(waits=True)
    assert sonia.visitor(secret) is None
    assert queries.waiting(sonia.store, secret, sonia.now).person_id == sonia.id
    assert sonia.facts("SessionOpened") == []
    sonia.wait(minutes=10)
    assert queries.waiting(sonia.store, secret, sonia.now) is None


def test_the_code_opens_it_under_another_secret(sonia: Somebody):
    secret = sonia.open_session(waits=True)
    id = queries.waiting(sonia.store, secret, sonia.now).session_id
    other = fresh_secret(sonia.id, id)
    browser = Browser(device=sonia.device)
    sessions.pass_second_step(sonia.store, id, secret=other, browser=browser, by=sonia.by())
    assert sonia.visitor(secret) is None
    assert sonia.visitor(other)
    with pytest.raises(NotFound):
        sessions.pass_second_step(sonia.store, id, secret=secret, browser=browser, by=sonia.by())


def test_a_browser_is_new_once(sonia: Somebody):
    sonia.open_session()
    sonia.open_session()
    sonia.device = fresh_secret(sonia.id, uuid4())
    sonia.open_session()
    query = "SELECT state::json ->> 'is_new_device' FROM events WHERE name = 'SessionOpened' ORDER BY version"
    assert sonia.rows(query) == [("true",), ("false",), ("true",)]


def test_a_browser_is_not_known_by_a_password_whose_code_never_came(sonia: Somebody):
    sonia.open_session(waits=True)
    assert sonia.rows("SELECT 1 FROM devices") == []


def test_revoking_a_session_makes_its_browser_a_stranger(sonia: Somebody):
    secret = sonia.open_session()
    sessions.end_session(sonia.store, sonia.visitor(secret).session_id, by=sonia.by())
    assert sonia.visitor(secret) is None
    assert queries.is_device_of(sonia.store, sonia.id, sonia.device) is None


def test_signing_out_twice_is_one_fact(sonia: Somebody):
    id = sonia.visitor(sonia.open_session()).session_id
    for _ in range(2):
        sessions.end_session(sonia.store, id, why="signed out", by=sonia.by())
    assert sonia.facts("SessionEnded") == ["SessionEnded"]


def test_nobody_ends_the_session_of_another(sonia: Somebody):
    secret = sonia.open_session()
    other = Somebody(sonia.store)
    sessions.end_session(sonia.store, sonia.visitor(secret).session_id, by=other.by())
    sessions.end_other_sessions(sonia.store, uuid4(), by=other.by())
    assert sonia.visitor(secret)


def test_entering_a_house_goes_on_under_another_secret(house: House):
    house.join()
    sonia = Somebody(house.store)
    sonia.id = house.person_id
    sonia.device = fresh_secret(sonia.id, uuid4())
    secret = sonia.open_session()
    session_id = sonia.visitor(secret).session_id
    entered = sessions.enter(house.store, sonia.id, session_id, house.id, house.member_id)
    assert sonia.visitor(secret) is None
    who = sonia.visitor(entered)
    assert (who.organisation_id, who.member_id, who.behalf, who.seeing_as) == (house.id, house.member_id, "", None)


def test_nobody_enters_as_a_member_they_are_not(house: House):
    house.join()
    stranger = Somebody(house.store)
    id = stranger.visitor(stranger.open_session()).session_id
    with pytest.raises(NotFound):
        sessions.enter(house.store, stranger.id, id, house.id, house.member_id)


def test_who_was_proven_lately_is_known_for_a_while(sonia: Somebody):
    secret = sonia.open_session("link", is_proven=False)
    who = sonia.visitor(secret)
    assert who.confirmed_at is None
    proven = sessions.confirm(sonia.store, sonia.id, who.session_id, sonia.now)
    assert sonia.visitor(secret) is None
    assert sonia.visitor(proven).confirmed_at == sonia.now


def test_what_is_long_over_is_forgotten(sonia: Somebody):
    sonia.open_session()
    sonia.ask_link("reset")
    sonia.wait(days=91)
    sonia.open_session()
    sonia.ask_link("sign-in")
    assert len(sonia.rows("SELECT 1 FROM sessions")) == 1
    assert len(sonia.rows("SELECT 1 FROM links")) == 1
