"""Links in letters: each opens once, for its purpose, in its time, for its person."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from accounts.people import commands, links, passwords
from accounts.people.links import LinkOver
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import Somebody


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def sonia(store: Store) -> Somebody:
    return Somebody(store)


@pytest.mark.parametrize(("purpose", "minutes"), [("sign-in", 15), ("reset", 60)])
def test_a_link_is_good_until_its_time_and_not_after(sonia: Somebody, purpose: str, minutes: int):
    link = sonia.ask_link(purpose)
    sonia.wait(minutes=minutes, seconds=-1)
    assert links.look(sonia.store, sonia.id, link, purpose, sonia.now)
    sonia.wait(seconds=1)
    assert links.look(sonia.store, sonia.id, link, purpose, sonia.now) is None
    with pytest.raises(LinkOver):
        use(sonia, purpose, link)


def test_looking_at_a_link_uses_nothing_up(sonia: Somebody):
    link = sonia.ask_link("sign-in")
    for _ in range(3):
        assert links.look(sonia.store, sonia.id, link, "sign-in", sonia.now).email == sonia.email
    use(sonia, "sign-in", link)
    assert links.look(sonia.store, sonia.id, link, "sign-in", sonia.now) is None


def test_a_link_opens_for_its_own_purpose_alone(sonia: Somebody):
    link = sonia.ask_link("sign-in")
    with pytest.raises(LinkOver):
        use(sonia, "reset", link)
    use(sonia, "sign-in", link)


def test_a_link_opens_for_its_own_person_alone(sonia: Somebody):
    link = sonia.ask_link("sign-in")
    with pytest.raises(LinkOver):
        commands.use_sign_in_link(sonia.store, link, by=Somebody(sonia.store).by())


def test_a_newer_letter_takes_the_place_of_the_older(sonia: Somebody):
    older = sonia.ask_link("reset")
    beside = sonia.ask_link("sign-in")
    sonia.wait(seconds=1)
    newer = sonia.ask_link("reset")
    with pytest.raises(LinkOver):
        use(sonia, "reset", older)
    use(sonia, "sign-in", beside)
    use(sonia, "reset", newer)


def test_a_reset_that_is_refused_leaves_the_link_as_it_was(sonia: Somebody):
    link = sonia.ask_link("reset")
    with pytest.raises(passwords.PasswordTooShort):
        commands.reset_password(sonia.store, link, "court", about=[], by=sonia.by())
    use(sonia, "reset", link)


def test_a_reset_puts_everybody_out(sonia: Somebody):
    secret = sonia.open_session()
    use(sonia, "reset", sonia.ask_link("reset"))
    assert sonia.visitor(secret) is None
    assert "SessionEnded" in sonia.facts()


def use(somebody: Somebody, purpose: str, link: UUID) -> None:
    if purpose == "sign-in":
        commands.use_sign_in_link(somebody.store, link, by=somebody.by())
    else:
        commands.reset_password(somebody.store, link, "trois chevaux verts", about=[], by=somebody.by())


def test_asking_for_nobody_keeps_nothing(store: Store):
    before = events(store)
    links.ask_for(store, None, "sign-in", Somebody(store).now)
    assert events(store) == before + 2
    with store.database.everywhere() as db:
        assert db.execute("SELECT count(*) FROM links WHERE email = ''").fetchone() == (0,)


def events(store: Store) -> int:
    with store.database.everywhere() as db:
        return db.execute("SELECT count(*) FROM events").fetchone()[0]


def redeem(somebody: Somebody, times: int) -> list[bool]:
    link = somebody.ask_link("sign-in")

    def try_once(_: int) -> bool:
        try:
            commands.use_sign_in_link(somebody.store, link, by=somebody.by())
        except LinkOver:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(try_once, range(times)))


def test_of_fifty_who_use_one_link_at_once_one_comes_in(sonia: Somebody):
    assert sum(redeem(sonia, 50)) == 1
    assert sonia.facts("LinkUsed") == ["LinkUsed"]


@pytest.mark.full
def test_of_a_thousand_too(sonia: Somebody):
    assert sum(redeem(sonia, 1000)) == 1
