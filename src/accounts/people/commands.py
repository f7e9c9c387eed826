"""What can be asked of a person's account as such: to register, to change its words, and to come in by a letter."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from accounts.people import links, passwords, sessions, words
from accounts.people.person import Person
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command

LANGUAGES = ("fr", "en")


class LanguageUnknown(Refusal):
    pass


@command("self.write", is_exclusive=True)
def register_person(
    log: Log,
    *,
    name: str,
    email: str,
    language: str = "fr",
    password: str | None = None,
    about: Sequence[str] = (),
    leaked: Path | None = None,
    is_confirmed: bool = False,
    by: Act,
) -> None:
    """Registers the person that `by` acts as. `is_confirmed` when a letter to that address led here."""
    person = Person(id=by.organisation_id)
    person.register(by)
    said = {"name": words.name_of(name), "email": words.address_of(email), "language": must_be_spoken(language)}
    words.write(log, 1, said)
    if is_confirmed:
        person.confirm_email(by)
    if password is not None:
        passwords.must_be_good(password, [said["name"], said["email"], *about], leaked)
        passwords.keep(log, person, password, "registered", by)
    log.keep(person)


@command("self.write", is_exclusive=True)
def change_person(log: Log, *, name: str | None = None, language: str | None = None, by: Act) -> None:
    """What is left out stays. The address is changed by a letter to the new one."""
    person = log.get(Person, by.organisation_id)
    known = words.read(log)
    wanted = {
        "name": known["name"] if name is None else words.name_of(name),
        "language": known["language"] if language is None else must_be_spoken(language),
    }
    rewrite(log, person, known, wanted, by)
    log.keep(person)


def rewrite(log: Log, person: Person, known: dict[str, str], wanted: dict[str, str], by: Act) -> None:
    changed = [field for field, value in wanted.items() if value != known[field]]
    person.change(by, changed)
    if changed:
        words.write(log, person.words_version, known | wanted)


@command("self.write", is_exclusive=True)
def confirm_email(log: Log, link_id: UUID, *, session_id: UUID | None = None, by: Act) -> None:
    """A letter to this address was opened: it is theirs, and from now on the one under which they sign in. Where it is
    another one than before, everybody is out but the session in which it was opened, if it was in one of theirs."""
    person, email = links.use(log, by.organisation_id, link_id, "confirm-email", by)
    known = words.read(log)
    if email != known["email"]:
        rewrite(log, person, known, {"email": email}, by)
        links.revoke_all(log)
        sessions.end_all(log, person, "address changed", by, but=session_id)
    person.confirm_email(by)
    log.keep(person)


@command("self.write", is_exclusive=True)
def use_sign_in_link(log: Log, link_id: UUID, *, by: Act) -> None:
    """Whoever opened the letter also reads that box."""
    person, email = links.use(log, by.organisation_id, link_id, "sign-in", by)
    if email == words.read(log)["email"]:
        person.confirm_email(by)
    log.keep(person)


@command("self.write", is_exclusive=True)
def reset_password(
    log: Log, link_id: UUID, password: str, *, about: Sequence[str], leaked: Path | None = None, by: Act
) -> None:
    """Everybody who is signed in to this account, or holds a link to it, is out."""
    passwords.must_be_good(password, about, leaked)
    person, email = links.use(log, by.organisation_id, link_id, "reset", by)
    if email == words.read(log)["email"]:
        person.confirm_email(by)
    passwords.keep(log, person, password, "reset", by)
    links.revoke_all(log)
    sessions.end_all(log, person, "password changed", by)
    log.keep(person)


def must_be_spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise LanguageUnknown(language=language)
    return language
