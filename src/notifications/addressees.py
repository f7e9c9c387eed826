"""Who a letter goes to: a person, with the address, the language and the clocks they have now."""

from uuid import UUID

from accounts import queries as accounts
from accounts.people.queries import memberships, person_card
from kernel.store import Store
from notifications.letter import ZONE, Addressee
from notifications.outcomes import NotNeeded


def person(store: Store, id: UUID) -> Addressee:
    card = person_card(store, id)
    if card is None or not card.email:
        raise NotNeeded("person_gone")
    return Addressee(person_id=id, name=card.name, email=card.email, language=card.language, zone=zone_of(store, id))


def zone_of(store: Store, person_id: UUID) -> str:
    """The clocks of the first house that somebody belongs to."""
    for house in memberships(store, person_id)[:1]:
        with store.reading(house.organisation_id) as db:
            return accounts.organisation(db).zone
    return ZONE
