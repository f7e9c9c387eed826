"""Letters about accounts: to the right person, once, with what they need and nothing that others could use."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pyotp
import pytest
from psycopg.sql import SQL, Identifier

from accounts import sealing
from accounts.commands import resume_organisation, suspend_organisation
from accounts.people import commands as people
from accounts.people import links, passwords
from accounts.people.acts import as_self
from accounts.people.browsers import Browser
from accounts.people.second_factor import (
    draw_recovery_codes,
    prepare_second_factor,
    turn_off_second_factor,
    turn_on_second_factor,
)
from accounts.people.sessions import open_session
from accounts.rights import SETUP
from accounts.support.commands import open_support_access
from accounts.team.commands import change_member_role, make_invitation, remove_member, revoke_invitation
from accounts.token_secrets import fresh_secret
from carnet.wiring import JOBS
from kernel.jobs import Worker
from notifications.channels import smtp
from notifications.policies import letters
from notifications.sending import BeingSent, Post
from tests.postbox import Postbox, html, link_in, open_postbox, plain
from tests.story import House

KEY = "a secret of the tests, long enough to be one"
OURS = "https://agenda.exemple.fr"


class Office:
    """A house, a mail server, and somebody who does what is to be done."""

    def __init__(self, house: House, box: Postbox):
        self.house, self.box, self.store = house, box, house.store
        self.worker = Worker(house.store, JOBS)

    def work(self, *owners: UUID) -> None:
        """Reads on and does every letter's job that is not done, whether due or put off; twice over, as one job may
        queue another."""
        while letters.follow(self.store):
            pass
        for _ in range(2):
            for owner in owners:
                for key in self.jobs(owner):
                    self.worker.do(str(owner), key)

    def jobs(self, owner: UUID) -> list[str]:
        query = "SELECT key FROM jobs WHERE organisation_id = %s AND key LIKE 'letter/%%' AND done_at IS NULL"
        with self.store.database.everywhere() as db:
            return [key for (key,) in db.execute(query, (owner,))]

    def noted(self, owner: UUID) -> list[tuple]:
        """Each letter's name, whether it was sent, and why not."""
        query = "SELECT name, sent_at IS NOT NULL, failure FROM letters ORDER BY queued_at, key"
        with self.store.reading(owner) as db:
            return db.execute(query).fetchall()

    def somebody(self, email: str = "", name: str = "Sonia Marchetti", language: str = "fr") -> UUID:
        id = uuid4()
        facts = {"name": name, "email": email or f"{id}@exemple.fr", "language": language}
        people.register_person(self.store, **facts, password="un mot de passe calme", by=as_self(id, now()))
        return id

    def ask(self, person_id: UUID, purpose: str = "sign-in", at: datetime | None = None) -> None:
        links.ask_for(self.store, person_id, purpose, at or now())


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def office(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_postbox() as (box, url):
        facts = {"HOME": str(tmp_path), "PUBLIC_URL": OURS, "SECRET_KEY": KEY, "SMTP_URL": url}
        for name, value in facts.items():
            monkeypatch.setenv(f"CARNET_{name}", value)
        yield Office(house, box)


def test_a_link_is_sent_to_whoever_asked_for_it(office: Office):
    sonia = office.somebody("sonia@exemple.fr")
    office.ask(sonia)
    office.work(sonia)
    letter = office.box.latest()
    assert office.box.envelopes[0].rcpt_tos == ["sonia@exemple.fr"]
    assert letter["To"] == "Sonia Marchetti <sonia@exemple.fr>"
    assert letter["From"] == "Carnet <carnet@agenda.exemple.fr>"
    assert letter["Subject"] == "Votre lien pour vous connecter à Carnet"
    words = link_in(letter).removeprefix(f"{OURS}/sign-in/link/")
    owner, id = sealing.unseal(KEY, "sign-in", words)
    assert owner == sonia
    assert links.look(office.store, sonia, id, "sign-in", now())
    assert office.noted(sonia) == [("sign-in", True, None)]


@pytest.mark.parametrize("purpose", ["sign-in", "reset", "confirm-email"])
def test_doing_it_twice_sends_it_once(office: Office, purpose: str):
    sonia = office.somebody()
    office.ask(sonia, purpose)
    office.work(sonia)
    for key in (f"letter/{purpose}/{sonia}/3",):
        with office.store.database.everywhere() as db:
            db.execute("UPDATE jobs SET done_at = NULL WHERE key = %s", (key,))
    office.work(sonia)
    assert len(office.box.letters) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everybody_is_written_to_in_their_language(office: Office, language: str):
    sonia = office.somebody(language=language)
    office.ask(sonia)
    office.work(sonia)
    letter = office.box.latest()
    assert letter["Content-Language"] == language
    assert ("Se connecter" in plain(letter)) is (language == "fr")
    assert f'<html lang="{language}">' in html(letter)
    assert link_in(letter) in html(letter)


def test_a_link_that_opens_nothing_any_more_is_not_sent(office: Office):
    late, twice, used = office.somebody(), office.somebody(), office.somebody()
    office.ask(late, at=now() - timedelta(hours=1))
    office.ask(twice)
    office.ask(twice)
    office.ask(used)
    with office.store.reading(used) as db:
        db.execute("UPDATE links SET used_at = %s", (now(),))
    office.work(late, twice, used)
    assert office.noted(late) == [("sign-in", False, "link_over")]
    assert sorted(office.noted(twice)) == [("sign-in", False, "link_over"), ("sign-in", True, None)]
    assert office.noted(used) == [("sign-in", False, "link_over")]
    assert len(office.box.letters) == 1


def test_what_the_server_puts_off_is_sent_later(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    office.box.answers = ["451 4.7.1 Greylisted, ask sonia again"]
    office.worker.do(str(sonia), "nothing")
    while letters.follow(office.store):
        pass
    office.worker.do(str(sonia), office.jobs(sonia)[0])
    assert office.noted(sonia) == [("sign-in", False, "refused 451 4.7.1")]
    assert len(office.jobs(sonia)) == 1
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", True, None)]
    assert len(office.box.letters) == 1


@pytest.mark.parametrize("where", ["answers", "answers_to_recipients"])
def test_what_the_server_refuses_is_noted_and_not_sent_again(office: Office, where: str):
    sonia = office.somebody()
    office.ask(sonia)
    setattr(office.box, where, ["550 5.1.1 No such user sonia here"])
    office.work(sonia)
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "refused 550 5.1.1")]
    assert office.jobs(sonia) == []
    assert office.box.letters == []


def test_a_server_that_hangs_up_leaves_us_not_knowing(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    office.box.answers = ["drop"]
    office.work(sonia)
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "outcome_unknown")]
    assert len(office.box.letters) == 1


def test_a_server_that_drips_its_answer_is_left(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smtp, "SECONDS_TO_ANSWER", 0.3)
    sonia = office.somebody()
    office.ask(sonia)
    office.box.answers = ["drip"]
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "outcome_unknown")]


def test_a_server_that_is_away_is_asked_again(office: Office, monkeypatch: pytest.MonkeyPatch):
    url = smtp_url(monkeypatch, "smtp://127.0.0.1:9")
    sonia = office.somebody()
    office.ask(sonia)
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "ConnectionRefusedError")]
    monkeypatch.setenv("CARNET_SMTP_URL", url)
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", True, None)]


def smtp_url(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    import os

    before = os.environ["CARNET_SMTP_URL"]
    monkeypatch.setenv("CARNET_SMTP_URL", url)
    return before


def test_a_server_elsewhere_without_encryption_gets_nothing(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smtp, "is_this_machine", lambda _: False)
    sonia = office.somebody()
    office.ask(sonia)
    office.work(sonia)
    assert office.box.letters == []
    assert office.noted(sonia) == [("sign-in", False, "SMTPNotSupportedError")]


def test_a_letter_whose_worker_died_while_handing_it_over_is_not_sent_again(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    while letters.follow(office.store):
        pass
    key = office.jobs(sonia)[0]
    with office.store.reading(sonia) as db:
        row = (key, now(), now() - timedelta(minutes=2), now() - timedelta(minutes=2))
        db.execute(
            "INSERT INTO letters (key, name, queued_at, taken_until, handed_at) VALUES (%s, 'sign-in', %s, %s, %s)", row
        )
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "outcome_unknown")]
    assert office.box.letters == []


def test_a_letter_that_another_worker_has_waits(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    while letters.follow(office.store):
        pass
    key = office.jobs(sonia)[0]
    with office.store.reading(sonia) as db:
        row = (key, now(), now() + timedelta(minutes=1))
        db.execute("INSERT INTO letters (key, name, queued_at, taken_until) VALUES (%s, 'sign-in', %s, %s)", row)
    office.work(sonia)
    assert office.box.letters == []
    assert office.jobs(sonia) == [key]


def test_a_letter_taken_by_a_clock_that_was_ahead_is_free(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    while letters.follow(office.store):
        pass
    (key,) = office.jobs(sonia)
    with office.store.reading(sonia) as db:
        row = (key, now(), now() + timedelta(days=365))
        db.execute("INSERT INTO letters (key, name, queued_at, taken_until) VALUES (%s, 'sign-in', %s, %s)", row)
    office.work(sonia)
    assert len(office.box.letters) == 1


def test_a_link_asked_for_by_a_clock_that_was_ahead_opens_nothing(office: Office):
    sonia = office.somebody()
    office.ask(sonia, at=now() + timedelta(days=365))
    office.work(sonia)
    assert office.noted(sonia) == [("sign-in", False, "link_over")]


def test_without_a_mail_server_letters_are_kept_at_home(office: Office, tmp_path: Path, monkeypatch):
    monkeypatch.delenv("CARNET_SMTP_URL")
    sonia = office.somebody()
    office.ask(sonia)
    office.work(sonia)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    assert f"{sonia}@exemple.fr".encode() in file.read_bytes()
    assert office.noted(sonia) == [("sign-in", True, None)]


def test_a_new_device_is_told_of_and_a_known_one_is_not(office: Office):
    sonia = office.somebody()
    device = fresh_secret(sonia, uuid4())
    browser = Browser(words="Firefox · Windows", address="203.0.113.7", device=device)
    for session in (uuid4(), uuid4()):
        facts = {"secret": fresh_secret(sonia, session), "method": "password", "browser": browser, "is_proven": True}
        open_session(office.store, session, **facts, by=as_self(sonia, now()))
    office.work(sonia)
    (letter,) = office.box.letters
    assert "Firefox · Windows" in plain(letter)
    assert "203.0.113.7" in plain(letter)


def test_a_changed_password_is_told_of_and_the_first_is_not(office: Office):
    sonia = office.somebody()
    facts = {"session_id": uuid4(), "about": ()}
    passwords.set_password(office.store, "encore un mot de passe calme", **facts, by=as_self(sonia, now()))
    office.work(sonia)
    assert [letter["Subject"] for letter in office.box.letters] == ["Votre mot de passe a changé"]


def test_who_leaves_an_address_is_told_there(office: Office):
    sonia = office.somebody("avant@exemple.fr")
    people.confirm_email(office.store, confirming(office, sonia, "apres@exemple.fr"), by=as_self(sonia, now()))
    office.work(sonia)
    sent = {letter["To"].addresses[0].addr_spec: letter["Subject"] for letter in office.box.letters}
    assert sent == {"avant@exemple.fr": "L’adresse de votre compte a changé"}
    assert office.noted(sonia)[0][2] == "link_over"


def confirming(office: Office, person_id: UUID, email: str) -> UUID:
    id = uuid4()
    links.ask_to_confirm(office.store, id, email, by=as_self(person_id, now()))
    return id


def test_an_invitation_with_an_address_is_sent_there(office: Office):
    house = office.house
    ids = {email: uuid4() for email in ("karim@exemple.fr", "retire@exemple.fr", "")}
    for email, id in ids.items():
        facts = {"role": "practitioner", "expires_at": now() + timedelta(days=7), "email": email}
        make_invitation(office.store, id, **facts, by=house.by(actor="setup/test", at=now()))
    revoke_invitation(office.store, ids["retire@exemple.fr"], by=house.by())
    office.work(house.id)
    (letter,) = office.box.letters
    assert letter["To"] == "karim@exemple.fr"
    assert letter["Subject"] == "Les Tilleuls vous invite dans son équipe"
    words = link_in(letter).removeprefix(f"{OURS}/join/")
    assert sealing.unseal(KEY, "join", words) == (house.id, ids["karim@exemple.fr"])
    assert "praticien" in plain(letter)


def test_owners_hear_of_support_and_nobody_else_does(office: Office):
    house = office.house
    owner = house.hire("owner", f"{uuid4()}@exemple.fr", "Agnès")
    house.hire("secretary", f"{uuid4()}@exemple.fr", "Bruno")
    facts = {"until": now() + timedelta(hours=1), "reason": "Un rappel n’est pas parti"}
    open_support_access(office.store, uuid4(), uuid4(), **facts, by=house.by(may=SETUP, at=now()))
    office.work(house.id)
    (letter,) = office.box.letters
    assert letter["To"].addresses[0].display_name == "Agnès"
    assert "Un rappel n’est pas parti" in plain(letter)
    with office.store.reading(house.id) as db:
        assert db.execute("SELECT person_id FROM letters").fetchall() == [(owner,)]


def test_a_member_hears_of_a_new_role_and_of_leaving(office: Office):
    house = office.house
    house.hire("owner", f"{uuid4()}@exemple.fr", "Agnès")
    id = uuid4()
    house.hire("secretary", "bruno@exemple.fr", "Bruno", id=id)
    change_member_role(office.store, id, role="manager", by=house.by(at=now()))
    office.work(house.id)
    assert "responsable" in plain(office.box.latest())
    remove_member(office.store, id, by=house.by(at=now()))
    office.work(house.id)
    assert office.box.latest()["Subject"] == "Vous ne faites plus partie de l’équipe de Les Tilleuls"
    assert len(office.box.letters) == 2


def test_owners_hear_what_ended_with_a_member_and_nothing_when_nothing_did(office: Office):
    house = office.house
    house.hire("owner", f"{uuid4()}@exemple.fr", "Agnès")
    for has_made in (False, True):
        id = uuid4()
        house.hire("manager", f"{id}@exemple.fr", "Bruno", id=id)
        if has_made:
            facts = {"role": "secretary", "expires_at": now() + timedelta(days=7)}
            make_invitation(office.store, uuid4(), **facts, by=house.by(actor=f"staff/{id}", at=now()))
        remove_member(office.store, id, by=house.by(at=now()))
    office.work(house.id)
    told = [letter for letter in office.box.letters if "ont pris fin" in letter["Subject"]]
    (letter,) = told
    assert letter["To"].addresses[0].display_name == "Agnès"
    assert re.search(r"Membre\W+Bruno.*Invitations\W+1", plain(letter), re.DOTALL)
    assert "Jetons" not in plain(letter)


def test_a_worker_that_was_overtaken_hands_nothing_over_and_nobody_does_so_twice(office: Office):
    sonia = office.somebody()
    with office.store.reading(sonia) as db:
        db.execute("INSERT INTO letters (key, name, queued_at, tries) VALUES ('a', 'sign-in', %s, 2)", (now(),))
    slow, latest = (Post(office.store, sonia, "a", tries) for tries in (1, 2))
    with pytest.raises(BeingSent):
        slow.hand_over()
    latest.hand_over()
    with pytest.raises(BeingSent):
        latest.hand_over()


def test_of_many_workers_one_sends(office: Office):
    sonia = office.somebody()
    office.ask(sonia)
    while letters.follow(office.store):
        pass
    (key,) = office.jobs(sonia)
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda _: office.worker.do(str(sonia), key), range(8)))
    assert len(office.box.letters) == 1
    assert office.noted(sonia) == [("sign-in", True, None)]


def test_the_codes_that_come_with_a_second_factor_are_no_news_of_their_own(office: Office):
    sonia = office.somebody()
    secret = pyotp.random_base32()
    prepare_second_factor(office.store, secret, key=KEY, by=as_self(sonia, now()))
    by = as_self(sonia, now())
    turn_on_second_factor(office.store, pyotp.TOTP(secret).at(by.at), codes=["a" * 10], key=KEY, by=by)
    office.work(sonia)
    draw_recovery_codes(office.store, ["b" * 10], by=as_self(sonia, now()))
    turn_off_second_factor(office.store, by=as_self(sonia, now()))
    office.work(sonia)
    assert [letter["Subject"] for letter in office.box.letters] == [
        "La double vérification est en place",
        "De nouveaux codes de secours",
        "La double vérification a été retirée",
    ]


def test_an_owner_no_more_and_news_that_is_over_get_no_letter(office: Office):
    house = office.house
    id = uuid4()
    house.hire("owner", f"{uuid4()}@exemple.fr", "Agnès")
    house.hire("owner", f"{uuid4()}@exemple.fr", "Bruno", id=id)
    suspend_organisation(office.store, reason="Impayé", by=house.by(may=SETUP, at=now()))
    while letters.follow(office.store):
        pass
    office.worker.do(str(house.id), office.jobs(house.id)[0])
    change_member_role(office.store, id, role="manager", by=house.by(may=SETUP, at=now()))
    resume_organisation(office.store, by=house.by(may=SETUP, at=now()))
    office.work(house.id)
    failures = {failure for name, _, failure in office.noted(house.id) if name == "organisation-suspended"}
    assert failures == {"owner_no_more", "overtaken"}


def test_old_news_is_no_news(office: Office):
    sonia = office.somebody()
    facts = {"session_id": uuid4(), "about": ()}
    long_ago = as_self(sonia, now() - timedelta(days=4))
    passwords.set_password(office.store, "encore un mot de passe calme", **facts, by=long_ago)
    office.work(sonia)
    assert office.noted(sonia) == [("password-changed", False, "too_late")]


def test_the_secret_of_a_letter_is_nowhere_but_in_the_letter(
    office: Office, capfd: pytest.CaptureFixture, caplog: pytest.LogCaptureFixture
):
    sonia = office.somebody()
    for purpose in links.PATHS:
        office.ask(sonia, purpose)
        office.box.answers.append(f"451 4.7.1 put off for {sonia}@exemple.fr")
    office.work(sonia)
    secrets = {link_in(letter).rpartition("/")[2] for letter in office.box.letters}
    assert len(secrets) == 3
    said = "".join(capfd.readouterr()) + caplog.text
    assert "job failed" in said
    for secret in (*secrets, f"{sonia}@exemple.fr"):
        assert secret not in said
    assert {table for secret in secrets for table in holding(office, secret)} == set()
    assert holding(office, "un mot de passe") == set()
    assert holding(office, f"{sonia}@exemple.fr") == {"people", "logins", "links"}


def holding(office: Office, words: str) -> set[str]:
    """The tables in which these words stand anywhere, or a long part of them."""
    found = set()
    with office.store.database.everywhere() as db:
        tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            query = SQL("SELECT 1 FROM {} AS t WHERE strpos(t::text, %s) > 0 LIMIT 1").format(Identifier(table))
            if db.execute("SELECT has_table_privilege(%s, 'SELECT')", (table,)).fetchone()[0]:
                found |= {table} if db.execute(query, (words[-40:],)).fetchone() else set()
    return found
