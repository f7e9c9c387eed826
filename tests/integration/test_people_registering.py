"""Registering at the door: whoever asks learns nothing of others; the letter tells the owner of the box."""

import statistics
import time
from uuid import UUID, uuid4

import psycopg
import pytest

from accounts.people import passwords, queries
from accounts.people.commands import confirm_email
from accounts.people.passwords import PasswordTooWeak
from accounts.people.registering import register_at_the_door
from accounts.people.words import EmailNotValid
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import PASSWORD, Somebody
from tests.story import NOW
from tests.watching import counted


@pytest.fixture
def sonia(store: Store, monkeypatch: pytest.MonkeyPatch) -> Somebody:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    return Somebody(store)


def register(store: Store, email: str, password: str = PASSWORD) -> UUID:
    id = uuid4()
    register_at_the_door(store, id, name="Sonia", email=email, password=password, now=NOW)
    return id


def test_a_free_address_gets_an_account_and_a_letter_to_confirm_it(sonia: Somebody):
    sonia.email = f"{uuid4()}@exemple.fr"
    sonia.id = register(sonia.store, sonia.email)
    assert queries.person_of(sonia.store, sonia.email) == sonia.id
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)
    assert not sonia.state().is_email_confirmed
    confirm_email(sonia.store, sonia.latest_link("confirm-email"), by=sonia.by())
    assert sonia.state().is_email_confirmed


def test_an_address_that_is_somebody_s_gets_a_letter_to_sign_in_and_nothing_changes(sonia: Somebody):
    made = register(sonia.store, sonia.email.upper(), "trois chevaux verts")
    assert queries.person_card(sonia.store, made) is None
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)
    assert sonia.latest_link("sign-in")
    with sonia.store.database.everywhere() as db:
        assert db.execute("SELECT count(*) FROM events WHERE organisation_id = %s", (made,)).fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM logins WHERE email LIKE '%%nobody.example'").fetchone() == (0,)


def test_only_what_says_nothing_of_others_is_refused(sonia: Somebody):
    for email in (sonia.email, "free@exemple.fr"):
        with pytest.raises(PasswordTooWeak):
            register(sonia.store, email, "aaaaaaaaaaaa")
    with pytest.raises(EmailNotValid):
        register(sonia.store, "free@")


def test_the_same_work_is_done_for_a_free_and_for_a_taken_address(sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    hashed = counted(monkeypatch, passwords, "keep")
    asked = counted(monkeypatch, psycopg.Connection, "execute")
    done = []
    for email in (sonia.email, f"{uuid4()}@exemple.fr"):
        hashed.clear()
        asked.clear()
        register(sonia.store, email)
        done.append((len(hashed), len(asked)))
    assert done[0][0] == done[1][0] == 1
    # Asking for the letter of an account that is there looks its address up; the new one's was given.
    assert abs(done[0][1] - done[1][1]) <= 3


def test_the_same_time_passes_for_both(sonia: Somebody):
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(40):
        for is_known, taken in times.items():
            start = time.perf_counter()
            register(sonia.store, sonia.email if is_known else f"{uuid4()}@exemple.fr")
            taken.append(time.perf_counter() - start)
    assert abs(statistics.median(times[True]) - statistics.median(times[False])) < 0.005
