"""Registering at the door: whoever asks learns nothing of others; the letter tells the owner of the box."""

import statistics
import time
from uuid import UUID, uuid4

import psycopg
import pytest

from accounts.people import passwords, queries
from accounts.people.commands import use_sign_in_link
from accounts.people.registering import register_for_letter
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


def register(store: Store, email: str) -> UUID:
    id = uuid4()
    register_for_letter(store, id, name="Sonia", email=email, language="fr", now=NOW)
    return id


def test_a_free_address_gets_an_account_and_a_letter_that_signs_in_and_confirms_it(sonia: Somebody):
    sonia.email = f"{uuid4()}@exemple.fr"
    sonia.id = register(sonia.store, sonia.email)
    assert queries.person_of(sonia.store, sonia.email) == sonia.id
    assert not sonia.state().has_password
    assert not sonia.state().is_email_confirmed
    use_sign_in_link(sonia.store, sonia.latest_link("sign-in"), by=sonia.by())
    assert sonia.state().is_email_confirmed


def test_an_address_that_is_somebody_s_gets_a_letter_to_sign_in_and_nothing_changes(sonia: Somebody):
    made = register(sonia.store, sonia.email.upper())
    assert queries.person_card(sonia.store, made) is None
    assert passwords.is_right(sonia.store, sonia.id, PASSWORD)
    assert sonia.latest_link("sign-in")
    with sonia.store.database.everywhere() as db:
        assert db.execute("SELECT count(*) FROM events WHERE organisation_id = %s", (made,)).fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM logins WHERE email LIKE '%%nobody.example'").fetchone() == (0,)


def test_only_what_says_nothing_of_others_is_refused(sonia: Somebody):
    with pytest.raises(EmailNotValid):
        register(sonia.store, "free@")


def test_the_same_work_is_done_for_a_free_and_for_a_taken_address(sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    asked = counted(monkeypatch, psycopg.Connection, "execute")
    done = []
    for email in (sonia.email, f"{uuid4()}@exemple.fr"):
        asked.clear()
        register(sonia.store, email)
        done.append(len(asked))
    assert done[0] == done[1]


def test_the_same_time_passes_for_both(sonia: Somebody):
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(40):
        for is_known, taken in times.items():
            start = time.perf_counter()
            register(sonia.store, sonia.email if is_known else f"{uuid4()}@exemple.fr")
            taken.append(time.perf_counter() - start)
    assert abs(statistics.median(times[True]) - statistics.median(times[False])) < 0.005
