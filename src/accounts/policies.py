"""What people bring about in the organisations they belong to: the team sees their present name and address."""

from collections.abc import Iterator

from accounts.acting import acts_for
from accounts.people.events import PersonChanged
from accounts.people.queries import memberships, person_card
from kernel.actors import Act
from kernel.jobs import Job
from kernel.reader import Policy
from kernel.store import Store

COPY = "UPDATE members SET name = %s, email = %s WHERE person_id = %s AND is_current"

people = Policy("people")


@people.on(PersonChanged)
def show_the_team(event: PersonChanged) -> Iterator[Job]:
    yield Job("copy_to_teams", f"copy_to_teams/{event.words_version}", {}, event.at)


@acts_for("people")
def copy_to_teams(store: Store, by: Act) -> None:
    """The words as they are when it runs: copying twice, or in another order, gives the same."""
    person = person_card(store, by.organisation_id)
    if person:
        for each in memberships(store, person.id):
            with store.reading(each.organisation_id) as db:
                db.execute(COPY, (person.name, person.email, person.id))


JOBS = {"copy_to_teams": copy_to_teams}
