"""Registering at the door: the same answer after the same work, whether the address is free or somebody's already."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from accounts.people import links, passwords
from accounts.people.acts import as_self
from accounts.people.commands import must_be_spoken, register_person
from accounts.people.evenly import kept_only_if
from accounts.people.queries import person_of
from accounts.people.words import address_of, name_of
from kernel.actors import Act
from kernel.store import Log, Store, command


def register_at_the_door(
    store: Store,
    id: UUID,
    *,
    name: str,
    email: str,
    password: str,
    language: str = "fr",
    about: Sequence[str] = (),
    leaked: Path | None = None,
    now: datetime,
) -> None:
    """A letter tells the truth: to confirm the new account, or to sign in to the one that there is.

    Refuses only what says nothing of others: a missing name, an incomplete address, a weak password.
    """
    said = {"name": name_of(name), "email": address_of(email), "language": must_be_spoken(language)}
    passwords.must_be_good(password, [said["name"], said["email"], *about], leaked)
    known = person_of(store, said["email"])
    try_to_register(store, is_known=known is not None, password=password, **said, by=as_self(id, now))
    if known:
        links.ask(store, "sign-in", by=as_self(known, now))
    else:
        links.ask_to_confirm(store, uuid4(), said["email"], by=as_self(id, now))


@command("self.write")
def try_to_register(log: Log, *, is_known: bool, email: str, by: Act, **said: str) -> None:
    """Takes everything back when there is such an account."""
    with kept_only_if(log.connection, not is_known):
        nobody_s = f"{by.organisation_id}@nobody.example"
        register_person(log, email=nobody_s if is_known else email, is_checked=True, **said, by=by)
