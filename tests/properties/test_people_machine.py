"""Whatever somebody does with letters, sessions and codes, in any order and at any time: what is over opens nothing."""

import os
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.people import commands, links, passwords, queries, second_factor, sessions
from accounts.people.links import GOOD_FOR, LinkOver
from accounts.people.person import Person
from accounts.people.second_factor import CodeWrong
from accounts.people.sessions import CODE_WITHIN, IDLE, LONGEST
from accounts.token_secrets import fresh_secret
from kernel.errors import NotFound
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import Somebody

IS_FULL = os.environ.get("CARNET_FULL") == "1"
GOOD = ("trois chevaux verts", "quatre chaises bleues", "cinq tuiles rondes")


class Letter:
    """What a letter should open, told without a database."""

    def __init__(self, id: UUID, purpose: str, now: datetime):
        self.id, self.purpose, self.until = id, purpose, now + GOOD_FOR[purpose]
        self.is_over = False

    def opens(self, purpose: str, now: datetime) -> bool:
        return purpose == self.purpose and not self.is_over and now < self.until


class Open:
    """What a session should let in."""

    def __init__(self, secret: str, now: datetime, *, waits: bool):
        self.secret, self.opened_at, self.seen_at = secret, now, now
        self.waits, self.is_over = waits, False

    def lets_in(self, now: datetime) -> bool:
        return not (self.waits or self.is_over) and now - self.seen_at < IDLE and now - self.opened_at < LONGEST


class People(RuleBasedStateMachine):
    """One person; `store` is given by the test."""

    store: Store
    letters = Bundle("letters")
    open_sessions = Bundle("open_sessions")

    @initialize()
    def begin(self) -> None:
        self.sonia = Somebody(self.store)
        self.password = "un mot de passe"
        self.all_letters: list[Letter] = []
        self.all_sessions: list[Open] = []
        self.codes: list[str] = []
        self.used: set[str] = set()
        self.last_step = 0

    @property
    def now(self) -> datetime:
        return self.sonia.now

    @rule(time=st.sampled_from([1, 29, 59, 60, 600, 899, 900, 901, 3599, 3600, 43_199, 43_200, 86_400, 8 * 86_400]))
    def wait(self, time: int) -> None:
        self.sonia.wait(seconds=time)

    @rule(target=letters, purpose=st.sampled_from(["sign-in", "reset"]))
    def ask(self, purpose: str) -> Letter:
        self.revoke(purpose)
        self.sonia.wait(seconds=1)
        letter = Letter(self.sonia.ask_link(purpose), purpose, self.now)
        self.all_letters.append(letter)
        return letter

    def revoke(self, *purposes: str) -> None:
        for letter in self.all_letters:
            letter.is_over = letter.is_over or letter.purpose in (purposes or GOOD_FOR)

    @rule(letter=letters)
    def sign_in_by_letter(self, letter: Letter) -> None:
        is_good = letter.opens("sign-in", self.now)
        with self.refused(LinkOver, unless=is_good):
            commands.use_sign_in_link(self.store, letter.id, by=self.sonia.by())
        letter.is_over = letter.is_over or is_good

    @rule(letter=letters, password=st.sampled_from(GOOD))
    def reset(self, letter: Letter, password: str) -> None:
        is_good = letter.opens("reset", self.now)
        with self.refused(LinkOver, unless=is_good):
            commands.reset_password(self.store, letter.id, password, about=[], by=self.sonia.by())
        if is_good:
            self.password = password
            self.revoke()
            self.end_all()

    @rule(password=st.sampled_from(GOOD), kept=open_sessions)
    def change_password(self, password: str, kept: Open) -> None:
        id = session_id(kept)
        passwords.set_password(self.store, password, about=[], session_id=id, by=self.sonia.by())
        self.password = password
        self.revoke()
        self.end_all(but=kept)

    def end_all(self, but: Open | None = None) -> None:
        for each in self.all_sessions:
            each.is_over = each.is_over or each is not but

    @rule(target=open_sessions, waits=st.booleans())
    def sign_in(self, waits: bool) -> Open:
        opened = Open(self.sonia.open_session(waits=waits), self.now, waits=waits)
        self.all_sessions.append(opened)
        return opened

    @rule(opened=open_sessions)
    def visit(self, opened: Open) -> None:
        """A visit keeps a session that still lets in alive; it is noted once a minute."""
        is_in = self.sonia.visitor(opened.secret) is not None
        assert is_in == opened.lets_in(self.now)
        if is_in and self.now - opened.seen_at > queries.NOTED_EVERY:
            opened.seen_at = self.now

    @rule(opened=open_sessions)
    def pass_second_step(self, opened: Open) -> None:
        secret = fresh_secret(self.sonia.id, session_id(opened))
        is_good = opened.waits and not opened.is_over and self.now - opened.opened_at < CODE_WITHIN
        browser = sessions.Browser(device=self.sonia.device)
        with self.refused(NotFound, unless=is_good):
            sessions.pass_second_step(
                self.store, session_id(opened), secret=secret, browser=browser, by=self.sonia.by()
            )
        if is_good:
            assert self.sonia.visitor(opened.secret) is None
            opened.secret, opened.waits, opened.opened_at, opened.seen_at = secret, False, self.now, self.now

    @rule(opened=open_sessions)
    def end_one(self, opened: Open) -> None:
        sessions.end_session(self.store, session_id(opened), why="signed out", by=self.sonia.by())
        opened.is_over = True

    @rule(kept=open_sessions)
    def end_others(self, kept: Open) -> None:
        sessions.end_other_sessions(self.store, session_id(kept), by=self.sonia.by())
        self.end_all(but=kept)

    @rule()
    def turn_on_or_off(self) -> None:
        if self.codes:
            second_factor.turn_off_second_factor(self.store, by=self.sonia.by())
            self.codes, self.used = [], set()
        else:
            self.codes, self.used = self.sonia.turn_on_codes(), set()
            self.last_step = self.step()
            self.revoke()

    def step(self, off: int = 0) -> int:
        return int((self.now + timedelta(seconds=off)).timestamp()) // 30

    @rule(off=st.sampled_from([-60, -30, 0, 30, 60]))
    def give_timely_code(self, off: int) -> None:
        if self.codes:
            step = self.step(off)
            is_good = abs(step - self.step()) <= 1 and step > self.last_step
            with self.refused(CodeWrong, unless=is_good):
                self.sonia.give(self.sonia.code(seconds=off))
            self.last_step = step if is_good else self.last_step

    @rule(number=st.integers(0, 9))
    def give_recovery_code(self, number: int) -> None:
        if self.codes:
            code = self.codes[number]
            with self.refused(CodeWrong, unless=code not in self.used):
                self.sonia.give(code)
            self.used.add(code)

    def refused(self, kind: type[Exception], *, unless: bool) -> AbstractContextManager:
        return nullcontext() if unless else pytest.raises(kind)

    @invariant()
    def letters_open_what_they_should(self) -> None:
        for letter in self.all_letters[-4:]:
            for purpose in ("sign-in", "reset"):
                found = links.look(self.store, self.sonia.id, letter.id, purpose, self.now)
                assert (found is not None) == letter.opens(purpose, self.now)

    @invariant()
    def one_password_is_right(self) -> None:
        for password in ("un mot de passe", *GOOD):
            assert passwords.is_right(self.store, self.sonia.id, password) == (password == self.password)

    @invariant()
    def the_listed_sessions_are_those_that_let_in(self) -> None:
        listed = {each.id for each in queries.sessions(self.store, self.sonia.id, self.now)}
        assert listed == {session_id(each) for each in self.all_sessions if each.lets_in(self.now)}

    @invariant()
    def the_state_is_what_the_log_says(self) -> None:
        state = self.sonia.state()
        assert (state.has_second_factor, state.codes_left) == (bool(self.codes), len(self.codes) - len(self.used))
        assert state == Person.replay(self.sonia.id, self.sonia.events())


def session_id(opened: Open) -> UUID:
    return sessions.parts_of(opened.secret)[1]


def test_what_is_over_opens_nothing_in_whatever_order(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    machine = type("ThesePeople", (People,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=400 if IS_FULL else 12,
            stateful_step_count=40 if IS_FULL else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
