"""A person: somebody who signs in, once for all organisations, and is a house of one in the log."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from accounts.people.events import (
    EmailConfirmed,
    LinkAsked,
    LinkUsed,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordSet,
    PersonChanged,
    PersonRegistered,
    RecoveryCodesDrawn,
    RecoveryCodeUsed,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
    SessionEnded,
    SessionOpened,
    SupportStaffDismissed,
    SupportStaffNamed,
)
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import IdTaken, NotFound, Refusal
from kernel.events import Event

MOST_PASSKEYS = 20


class SecondFactorOn(Refusal):
    """It has to be turned off before another one is set up."""

    status = 409


class SecondFactorOff(Refusal):
    status = 409


class TooManyPasskeys(Refusal):
    pass


class Person(Aggregate, kw_only=True):
    """Sessions and links are rows: what of them is still good is a matter of time."""

    is_listed: ClassVar[bool] = True
    begins_with: ClassVar[tuple[type[Event], ...]] = (PersonRegistered,)

    words_version: int = 0
    is_email_confirmed: bool = False
    has_password: bool = False
    passkey_ids: list[UUID] = []
    has_second_factor: bool = False
    codes_left: int = 0
    is_support: bool = False

    def register(self, by: Act) -> None:
        if self.version:
            raise IdTaken
        self.trigger(PersonRegistered, by, words_version=1)

    def change(self, by: Act, fields: list[str]) -> None:
        if fields:
            self.trigger(PersonChanged, by, fields=fields, words_version=self.words_version + 1)

    def confirm_email(self, by: Act) -> None:
        if not self.is_email_confirmed:
            self.trigger(EmailConfirmed, by, words_version=self.words_version)

    def set_password(self, by: Act, why: str) -> None:
        self.trigger(PasswordSet, by, why=why)

    def add_passkey(self, by: Act, id: UUID, name_id: UUID | None) -> None:
        if len(self.passkey_ids) >= MOST_PASSKEYS:
            raise TooManyPasskeys(most=MOST_PASSKEYS)
        self.trigger(PasskeyAdded, by, passkey_id=id, name_id=name_id)

    def remove_passkey(self, by: Act, id: UUID) -> None:
        if id not in self.passkey_ids:
            raise NotFound
        self.trigger(PasskeyRemoved, by, passkey_id=id)

    def turn_on_second_factor(self, by: Act) -> None:
        self.must_not_have_second_factor()
        self.trigger(SecondFactorTurnedOn, by)

    def turn_off_second_factor(self, by: Act) -> None:
        self.must_have_second_factor()
        self.trigger(SecondFactorTurnedOff, by)

    def draw_codes(self, by: Act, count: int) -> None:
        self.must_have_second_factor()
        self.trigger(RecoveryCodesDrawn, by, count=count)

    def use_code(self, by: Act) -> None:
        self.must_have_second_factor()
        self.trigger(RecoveryCodeUsed, by, left=self.codes_left - 1)

    def must_have_second_factor(self) -> None:
        if not self.has_second_factor:
            raise SecondFactorOff

    def must_not_have_second_factor(self) -> None:
        if self.has_second_factor:
            raise SecondFactorOn

    def ask_link(self, by: Act, id: UUID, purpose: str, expires_at: datetime) -> None:
        self.trigger(LinkAsked, by, link_id=id, purpose=purpose, expires_at=expires_at)

    def use_link(self, by: Act, id: UUID) -> None:
        self.trigger(LinkUsed, by, link_id=id)

    def open_session(self, by: Act, id: UUID, method: str, is_new_device: bool) -> None:
        self.trigger(SessionOpened, by, session_id=id, method=method, is_new_device=is_new_device)

    def end_session(self, by: Act, id: UUID, why: str) -> None:
        self.trigger(SessionEnded, by, session_id=id, why=why)

    def join_support(self, by: Act) -> None:
        if not self.is_support:
            self.trigger(SupportStaffNamed, by)

    def leave_support(self, by: Act) -> None:
        if self.is_support:
            self.trigger(SupportStaffDismissed, by)

    def evolve(self, event: Event) -> None:  # noqa: C901 — one line a fact
        match event:
            case PersonRegistered():
                self.words_version = event.words_version
            case PersonChanged():
                self.words_version = event.words_version
                self.is_email_confirmed = self.is_email_confirmed and "email" not in event.fields
            case EmailConfirmed():
                self.is_email_confirmed = True
            case PasswordSet():
                self.has_password = True
            case PasskeyAdded():
                self.passkey_ids = [*self.passkey_ids, event.passkey_id]
            case PasskeyRemoved():
                self.passkey_ids = [id for id in self.passkey_ids if id != event.passkey_id]
            case SecondFactorTurnedOn():
                self.has_second_factor = True
            case SecondFactorTurnedOff():
                self.has_second_factor, self.codes_left = False, 0
            case RecoveryCodesDrawn():
                self.codes_left = event.count
            case RecoveryCodeUsed():
                self.codes_left = event.left
            case SupportStaffNamed() | SupportStaffDismissed():
                self.is_support = isinstance(event, SupportStaffNamed)
