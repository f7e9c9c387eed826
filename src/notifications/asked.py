"""A letter that was asked for: its name, what it is about by identifiers, and the page that it leads to."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kernel.settings import Settings
from kernel.store import Store

PAGES = {
    "new-device": "/account/sessions",
    "password-changed": "/forgotten",
    "passkey-added": "/account/security",
    "passkey-removed": "/account/security",
    "second-factor-on": "/account/security",
    "second-factor-off": "/account/security",
    "recovery-codes": "/account/security",
    "support-access": "/settings",
    "gifts-ended": "/settings/team",
    "addresses-changed": "/settings/access",
    "webhook-stopped": "/settings/webhooks",
    "organisation-suspended": "/",
    "organisation-closed": "/",
    "trial-ends": "/settings",
    "request-waits": "/requests",
}


class Asked(NamedTuple):
    """A letter that was asked for, and the present in which it is looked at."""

    store: Store
    settings: Settings
    organisation_id: UUID
    name: str
    about: dict[str, str]
    now: datetime

    def id(self, name: str) -> UUID:
        return UUID(self.about[name])

    def instant(self, name: str) -> datetime:
        return datetime.fromisoformat(self.about[name])

    @property
    def page(self) -> str:
        return f"{self.settings.public_url}{PAGES[self.name]}" if self.name in PAGES else ""
