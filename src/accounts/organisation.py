"""An organisation: the house whose agenda this is, how it stands, and from where it may be entered."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from accounts import events
from accounts.accent import must_be_readable
from accounts.plans import KEPT, PLANS, TRIAL, Plan
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event

# What a house calls those who come, and what they come to; the first of each when it says nothing.
CLIENT_WORDS = ("client", "patient", "pupil", "user", "beneficiary", "member")
APPOINTMENT_WORDS = ("appointment", "session", "lesson", "consultation")


class WordNotOffered(Refusal):
    """Words are chosen among those that every sentence is written with."""


class OrganisationExists(Refusal):
    status = 409


class PlanUnknown(Refusal):
    pass


class PlanTooSmall(Refusal):
    """The plan allows fewer members or places than this would make."""


class OrganisationNotSo(Refusal):
    """It is not suspended, or not closed; or it is already."""

    status = 409


class Organisation(Aggregate, kw_only=True):
    """`addresses` is by role, "" for everybody: the networks that may enter. Without a trial or a plan nothing is
    limited, as in an installation that somebody runs for themself. `accent` is the house's own colour, #rrggbb."""

    is_listed: ClassVar[bool] = True

    name: str = ""
    trade: str = ""
    country: str = "FR"
    zone: str = "Europe/Paris"
    language: str = "fr"
    currency: str = "EUR"
    presentation_id: UUID | None = None
    trial_ends_at: datetime | None = None
    plan: str = ""
    most_members: int | None = None
    most_places: int | None = None
    is_suspended: bool = False
    kept_until: datetime | None = None
    addresses: dict[str, list[str]] = {}
    accent: str = ""
    client_word: str = CLIENT_WORDS[0]
    appointment_word: str = APPOINTMENT_WORDS[0]

    def open(self, by: Act, **facts: str) -> None:
        if self.version:
            raise OrganisationExists
        self.trigger(events.OrganisationOpened, by, **facts)

    def change(self, by: Act, **wanted: Any) -> None:
        must_be_offered(wanted)
        if wanted.get("accent"):
            must_be_readable(wanted["accent"])
        if changes := differing(self, wanted):
            self.trigger(events.OrganisationChanged, by, **changes)

    def start_trial(self, by: Act) -> None:
        self.trigger(events.TrialStarted, by, ends_at=by.at + TRIAL)

    def choose_plan(self, plan: str, members: int, places: int, by: Act) -> None:
        if plan not in PLANS:
            raise PlanUnknown(plan=plan)
        must_hold(PLANS[plan], members, places)
        if plan != self.plan:
            limits = PLANS[plan]
            facts = {"most_members": limits.most_members, "most_places": limits.most_places}
            self.trigger(events.PlanChosen, by, plan=plan, **facts)

    def must_have_room(self, *, members: int = 0, places: int = 0) -> None:
        """Refuses more members or places than the plan allows."""
        must_hold(Plan(most_members=self.most_members, most_places=self.most_places), members, places)

    def suspend(self, by: Act) -> None:
        must(not self.is_suspended)
        self.trigger(events.OrganisationSuspended, by)

    def resume(self, by: Act) -> None:
        must(self.is_suspended)
        self.trigger(events.OrganisationResumed, by)

    def close(self, by: Act) -> None:
        must(self.kept_until is None)
        self.trigger(events.OrganisationClosed, by, kept_until=by.at + KEPT)

    def reopen(self, by: Act) -> None:
        must(self.kept_until is not None and by.at < self.kept_until)
        self.trigger(events.OrganisationReopened, by)

    def allow_addresses(self, role: str, networks: list[str], by: Act) -> None:
        if networks != self.addresses.get(role, []):
            self.trigger(events.AddressesAllowed, by, role=role, networks=networks)

    def networks_for(self, role: str) -> list[str]:
        """Those of everybody and those of the role; none when everybody may enter from everywhere."""
        return self.addresses.get("", []) + self.addresses.get(role, [])

    def standing(self, now: datetime) -> str:
        """open, or why nothing can be changed: closed, suspended or over (the trial, without a plan)."""
        if self.kept_until:
            return "closed"
        if self.is_suspended:
            return "suspended"
        is_over = self.trial_ends_at is not None and now >= self.trial_ends_at and not self.plan
        return "over" if is_over else "open"

    def evolve(self, event: Event) -> None:
        match event:
            case events.TrialStarted():
                self.trial_ends_at = event.ends_at
            case events.OrganisationSuspended() | events.OrganisationResumed():
                self.is_suspended = isinstance(event, events.OrganisationSuspended)
            case events.OrganisationReopened():
                self.kept_until = None
            case events.AddressesAllowed():
                self.addresses = {**self.addresses, event.role: event.networks}
            case _:
                take(self, event)


def must_be_offered(wanted: dict[str, Any]) -> None:
    for name, offered in (("client_word", CLIENT_WORDS), ("appointment_word", APPOINTMENT_WORDS)):
        if wanted.get(name, offered[0]) not in offered:
            raise WordNotOffered(word=wanted[name])


def must_hold(plan: Plan, members: int, places: int) -> None:
    for most, count in ((plan.most_members, members), (plan.most_places, places)):
        if most is not None and count > most:
            raise PlanTooSmall(most=most)


def must(is_so: bool) -> None:
    if not is_so:
        raise OrganisationNotSo
