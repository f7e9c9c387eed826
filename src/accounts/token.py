"""An API token: what a program may do in the organisation's name, and until when."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from accounts.events import ApiTokenIssued, ApiTokenRevoked
from accounts.rights import SCOPE_RIGHTS, beyond_scope, scopes_held
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import take
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Forbidden, Rights

# What each right lets a program do. A scope says all that its rights give, and nothing else.
GIVES = {
    "settings.see": "Read the organisation, its places, resources, services, hours, absences, terms and own fields.",
    "settings.write": "Change services, resources, closures, terms, questions and own fields.",
    "organisation.write": "Change the organisation and its places.",
    "hours.write": "Change opening hours.",
    "absences.write": "Enter, move and cancel absences.",
    "clients.see": "Find and read client files, with all versions.",
    "clients.contacts": "Read phones, addresses, e-mails and notes of clients.",
    "clients.export": "Take all client files out.",
    "clients.write": "Open, change, archive and restore client files, and write notes.",
    "clients.merge": "Join files of the same person, and take them apart.",
    "clients.block": "Block clients from booking online, and unblock them.",
    "clients.import": "Bring client files in, and undo it.",
    "slots.see": "Find free starts.",
    "agenda.see": "Read days, appointments with their notes, holds and series, and why a start is not free.",
    "agenda.write": "Hold, book, move and cancel appointments and series, and read those that it changes.",
    "requests.approve": "Approve and decline requests.",
    "rules.override": "Set booking rules aside, with a reason.",
    "history.see": "Follow everything that happens, from the beginning.",
    "webhooks.write": "Manage subscriptions, their secrets and deliveries; with events:read, subscribe and repeat.",
}
# How far a scope goes, where that is less than its rights.
WITHIN = {
    "appointments:write": "As clients do online: services and starts that are offered, lead time, horizon, notice, \
approval of the house.",
    "appointments:desk": "As the desk does: any minute, any service, any status.",
}
SCOPES = {
    scope: " ".join([*(GIVES[right] for right in rights), *filter(None, [WITHIN.get(scope)])])
    for scope, rights in SCOPE_RIGHTS.items()
}
MOST_A_MINUTE = 100_000


class ScopeUnknown(Refusal):
    pass


class RateNotValid(Refusal):
    """A token makes between 1 and 100,000 requests a minute."""


class ApiToken(Aggregate, kw_only=True):
    """`per_minute` is how many requests it may make in a minute; without `expires_at` it lasts until revoked. `maker`
    is who issued it, as role/identifier: it holds no more than they do."""

    is_listed: ClassVar[bool] = True

    name_id: UUID | None = None
    scopes: list[str] = []
    per_minute: int = 600
    expires_at: datetime | None = None
    is_revoked: bool = False
    maker: str = ""

    def issue(
        self, by: Act, name_id: UUID | None, scopes: list[str], per_minute: int, expires_at: datetime | None
    ) -> None:
        if not scopes or not SCOPES.keys() >= set(scopes):
            raise ScopeUnknown(scopes=sorted(set(scopes) - SCOPES.keys()))
        if beyond := [right for scope in scopes for right in beyond_scope(scope, by.may)]:
            raise Forbidden(right=beyond[0])
        if not 1 <= per_minute <= MOST_A_MINUTE:
            raise RateNotValid(per_minute=per_minute)
        known = [scope for scope in SCOPES if scope in scopes]
        facts = {"name_id": name_id, "scopes": known, "per_minute": per_minute, "expires_at": expires_at}
        self.trigger(ApiTokenIssued, by, **facts)

    def revoke(self, by: Act, why: str = "") -> None:
        if not self.is_revoked:
            self.trigger(ApiTokenRevoked, by, why=why)

    def is_good(self, now: datetime) -> bool:
        return not self.is_revoked and (self.expires_at is None or now < self.expires_at)

    def scopes_of(self, maker: Rights) -> list[str]:
        """What is left of its scopes while its maker may do this much."""
        return scopes_held(self.scopes, maker)

    def evolve(self, event: Event) -> None:
        match event:
            case ApiTokenIssued():
                take(self, event)
                self.maker = event.by
            case ApiTokenRevoked():
                self.is_revoked = True
