"""What happens to a person's account; names, addresses and secrets stand in tables of their own."""

from datetime import datetime
from uuid import UUID

from kernel.events import Event


class PersonRegistered(Event, frozen=True, kw_only=True):
    """Name, e-mail and language stand in `people`, in this version."""

    words_version: int


class PersonChanged(Event, frozen=True, kw_only=True):
    fields: list[str]
    words_version: int


class EmailConfirmed(Event, frozen=True, kw_only=True):
    """Somebody opened a letter sent to the address of this version."""

    words_version: int


class PasswordSet(Event, frozen=True, kw_only=True):
    """`why`: registered, changed or reset."""

    why: str


class PasskeyAdded(Event, frozen=True, kw_only=True):
    passkey_id: UUID
    name_id: UUID | None = None


class PasskeyRemoved(Event, frozen=True, kw_only=True):
    passkey_id: UUID


class SecondFactorTurnedOn(Event, frozen=True, kw_only=True):
    pass


class SecondFactorTurnedOff(Event, frozen=True, kw_only=True):
    pass


class RecoveryCodesDrawn(Event, frozen=True, kw_only=True):
    """Those drawn before open nothing any more."""

    count: int


class RecoveryCodeUsed(Event, frozen=True, kw_only=True):
    left: int


class LinkAsked(Event, frozen=True, kw_only=True):
    """`purpose`: sign-in, reset or confirm-email. Where the letter goes stands in `links`."""

    link_id: UUID
    purpose: str
    expires_at: datetime


class LinkUsed(Event, frozen=True, kw_only=True):
    link_id: UUID


class SessionOpened(Event, frozen=True, kw_only=True):
    """`method`: password, passkey, link, reset or registered. From where and with what stands in `sessions`."""

    session_id: UUID
    method: str
    is_new_device: bool


class SessionEnded(Event, frozen=True, kw_only=True):
    """`why`: signed out, revoked, password changed, address changed or signed in again. Mere time ends a session
    without an event."""

    session_id: UUID
    why: str


class SupportStaffNamed(Event, frozen=True, kw_only=True):
    """From now on the person may open support accesses. Only the installation's own command line says so."""


class SupportStaffDismissed(Event, frozen=True, kw_only=True):
    pass
