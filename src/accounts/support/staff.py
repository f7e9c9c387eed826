"""Who works for the support: named and dismissed by whoever runs the installation, nobody else."""

from accounts.people.person import Person
from kernel.actors import Act
from kernel.store import Log, command


@command("support.name", is_exclusive=True)
def name_support_staff(log: Log, *, by: Act) -> None:
    """`by` stands in the person's own house."""
    person = log.get(Person, by.organisation_id)
    person.join_support(by)
    log.keep(person)


@command("support.name", is_exclusive=True)
def dismiss_support_staff(log: Log, *, by: Act) -> None:
    person = log.get(Person, by.organisation_id)
    person.leave_support(by)
    log.keep(person)
