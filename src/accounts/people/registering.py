"""Registering at the door: the same answer after the same work, whether the address is free or somebody's already."""

from datetime import datetime
from uuid import UUID, uuid4

from accounts.people import links
from accounts.people.acts import as_self
from accounts.people.commands import must_be_spoken, register_person
from accounts.people.evenly import kept_only_if
from accounts.people.queries import person_of
from accounts.people.words import EmailTaken, address_of, name_of
from kernel.actors import Act
from kernel.store import Log, Store, command


def register_for_letter(store: Store, id: UUID, *, name: str, email: str, language: str, now: datetime) -> None:
    """A letter tells the truth: its link signs in to the new account `id`, or to the one that there is. A password is
    chosen there, when it is wanted.

    Refuses only what says nothing of others: a missing name, an incomplete address.
    """
    said = {"name": name_of(name), "email": address_of(email), "language": must_be_spoken(language)}
    known = person_of(store, said["email"])
    try:
        try_to_register(store, is_known=known is not None, **said, by=as_self(id, now))
    except EmailTaken:
        # Somebody was faster by the blink of an eye, most likely the same person.
        known = person_of(store, said["email"])
    links.ask_for(store, known or id, "sign-in", now)


@command("self.write", is_exclusive=True)
def try_to_register(log: Log, *, is_known: bool, email: str, by: Act, **said: str) -> None:
    """Takes everything back when there is such an account."""
    with kept_only_if(log.connection, not is_known):
        nobody_s = f"{uuid4()}@nobody.example"
        register_person(log, email=nobody_s if is_known else email, **said, by=by)
