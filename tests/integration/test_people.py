"""People in the database: found under their address alone, and out of the log."""

from uuid import UUID, uuid4

import pytest

from accounts.people import commands, links, passwords, queries
from accounts.people.acts import as_self
from accounts.people.links import LinkOver
from accounts.people.words import EmailNotValid, EmailTaken, NameMissing
from accounts.policies import copy_to_teams
from carnet.wiring import catch_up
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import PASSWORD, Somebody
from tests.story import House


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def sonia(store: Store) -> Somebody:
    return Somebody(store)


def test_a_person_is_found_under_any_writing_of_their_address(sonia: Somebody):
    assert queries.person_of(sonia.store, f"  {sonia.email.upper()} ") == sonia.id
    assert queries.person_of(sonia.store, "nobody@exemple.fr") is None
    assert queries.person_of(sonia.store, "no address") is None


def test_an_address_belongs_to_one_person_in_the_whole_installation(sonia: Somebody):
    with pytest.raises(EmailTaken):
        Somebody(sonia.store, email=sonia.email.upper())


def test_an_account_needs_a_name_and_an_address(store: Store):
    with pytest.raises(NameMissing):
        Somebody(store, name=" \x07 ")
    with pytest.raises(EmailNotValid):
        Somebody(store, email="sonia@")


def test_nothing_about_the_person_is_in_the_log(sonia: Somebody):
    sonia.ask_link("reset")
    sonia.open_session()
    log = " ".join(state for (state,) in sonia.rows("SELECT state FROM events"))
    for word in ("Sonia", sonia.email, PASSWORD, "Firefox", "192.0.2.7"):
        assert word not in log


def test_another_name_is_another_version_of_the_words(sonia: Somebody):
    commands.change_person(sonia.store, name="Sonia Marchetti-Roy", by=sonia.by())
    commands.change_person(sonia.store, name="Sonia Marchetti-Roy", language="fr", by=sonia.by())
    assert sonia.facts("PersonChanged") == ["PersonChanged"]
    written = sonia.rows("SELECT version, is_current, name FROM people ORDER BY version")
    assert written == [(1, False, "Sonia Marchetti"), (2, True, "Sonia Marchetti-Roy")]


def test_a_new_address_counts_when_its_letter_was_opened(sonia: Somebody):
    commands.confirm_email(sonia.store, confirmation(sonia, sonia.email), by=sonia.by())
    address = f"sonia.roy.{sonia.id}@exemple.fr"
    link = confirmation(sonia, address)
    assert queries.person_of(sonia.store, address) is None
    older = sonia.ask_link("sign-in")
    commands.confirm_email(sonia.store, link, by=sonia.by())
    assert queries.person_of(sonia.store, address) == sonia.id
    assert queries.person_of(sonia.store, sonia.email) is None
    assert sonia.state().is_email_confirmed
    with pytest.raises(LinkOver):
        commands.use_sign_in_link(sonia.store, older, by=sonia.by())


def test_whoever_has_the_address_by_then_keeps_it(sonia: Somebody):
    wanted = f"wanted.{sonia.id}@exemple.fr"
    link = confirmation(sonia, wanted)
    quick = Somebody(sonia.store, email=wanted)
    with pytest.raises(EmailTaken):
        commands.confirm_email(sonia.store, link, by=sonia.by())
    assert queries.person_of(sonia.store, wanted) == quick.id
    assert queries.person_of(sonia.store, sonia.email) == sonia.id
    assert links.look(sonia.store, sonia.id, link, "confirm-email", sonia.now)


def confirmation(somebody: Somebody, email: str) -> UUID:
    id = uuid4()
    links.ask_to_confirm(somebody.store, id, email, by=somebody.by())
    return id


def test_the_team_sees_the_new_name_and_address(house: House):
    house.join()
    by = as_self(house.person_id, house.by().at)
    commands.change_person(house.store, name="Sonia Roy", by=by)
    catch_up(house.store)
    queued = "SELECT key FROM jobs WHERE organisation_id = %s AND name = 'copy_to_teams'"
    with house.store.database.everywhere() as db:
        assert db.execute(queued, (house.person_id,)).fetchall() == [("copy_to_teams/2",)]
    copy_to_teams(house.store, house.person_id)
    assert house.rows("SELECT name FROM members WHERE is_current") == [("Sonia Roy",)]


def test_a_password_is_right_or_wrong_and_nobody_s_is_wrong(sonia: Somebody):
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)
    assert not passwords.is_right(sonia.store, sonia.id, PASSWORD.upper())
    assert not passwords.is_right(sonia.store, uuid4(), "nobody")


def test_a_hash_of_older_parameters_is_renewed_by_signing_in(sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    (before,) = sonia.rows("SELECT password_hash FROM credentials")
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)
    (after,) = sonia.rows("SELECT password_hash FROM credentials")
    assert "t=2" in after[0]
    assert after != before
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)


def test_a_new_password_puts_everybody_else_out_and_revokes_links(sonia: Somebody):
    here, there = sonia.open_session(), sonia.open_session()
    link = sonia.ask_link("sign-in")
    own = sonia.visitor(here).session_id
    passwords.set_password(sonia.store, "trois chevaux verts", about=[], session_id=own, by=sonia.by())
    assert sonia.visitor(here)
    assert sonia.visitor(there) is None
    assert not passwords.is_right(sonia.store, sonia.id, PASSWORD)
    with pytest.raises(LinkOver):
        commands.use_sign_in_link(sonia.store, link, by=sonia.by())
