"""An organisation: the house whose agenda this is."""

from typing import ClassVar

from accounts.events import OrganisationChanged, OrganisationOpened
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event


class OrganisationExists(Refusal):
    status = 409


class Organisation(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    name: str = ""
    trade: str = ""
    country: str = "FR"
    zone: str = "Europe/Paris"
    language: str = "fr"
    currency: str = "EUR"

    def open(self, by: Act, **facts: str) -> None:
        if self.version:
            raise OrganisationExists
        self.trigger(OrganisationOpened, by, **facts)

    def change(self, by: Act, **wanted: str) -> None:
        if changes := differing(self, wanted):
            self.trigger(OrganisationChanged, by, **changes)

    def evolve(self, event: Event) -> None:
        take(self, event)
