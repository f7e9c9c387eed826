"""Every command before everybody who may ask it: refused or past the guard as the table of rights says, and over the
own columns alone where a right reaches no further."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

import accounts
import agenda
import booking
import clients
import importing
import notifications
import starting
import webhooks
from accounts.rights import (
    OVER_COLUMNS,
    PERSON,
    POLICY_RIGHTS,
    RIGHTS,
    ROLES,
    SUPPORT_COMES_IN,
    Grants,
    rights_of,
    rights_of_policy,
    rights_of_scopes,
    rights_of_support,
    rights_to_look,
    standing_still,
)
from accounts.token import SCOPES
from agenda import commands as hours
from agenda.hours import DatedPeriod
from agenda.wanted import Wanted
from booking import commands
from booking.rewriting import rewrite_appointment
from booking.series import commands as series
from booking.series.changes import Movement
from booking.series.rule import Rule
from booking.taking_back import take_back
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.rights import Forbidden, Rights
from kernel.store import COMMANDS, Store
from notifications.messages import commands as messages
from tests.integration.matrix import LOOKS, STANDSTILL, SUPPORT_CHANGES
from tests.story import DAY, House, at, office_hours

# Every command by the right that it needs, written by hand.
TABLE = """
agenda.write        book_appointment move_appointment edit_appointment confirm_appointment cancel_appointment
                    restore_appointment reopen_appointment mark_arrived mark_completed mark_missed hold_time
                    release_hold take_back rewrite_appointment
                    plan_series move_series end_series edit_series cancel_series restore_series
                    withhold_message resend_message
requests.approve    approve_appointment decline_appointment
requests.end        expire_appointment expire_hold
messages.plan       plan_messages note_message_sent note_message_not_sent
hours.write         set_hours set_day_hours clear_day_hours
absences.write      plan_absence move_absence cancel_absence restore_absence
clients.write       create_client edit_client archive_client restore_client add_client_note edit_client_note
                    pin_client_note remove_client_note restore_client_version take_back_client_versions
                    dismiss_duplicate
clients.merge       merge_clients unmerge_client
clients.block       block_client unblock_client
clients.import      receive_import prepare_import reject_import
                    choose_import_fields start_import complete_import forget_import request_import_undo
clients.export      note_export note_list_export
settings.write      set_performers order_resources
                    add_service change_service assign_performer remove_performer add_resource change_resource
                    add_question change_question order_questions set_agenda_options
                    set_booking_terms close_dates close_public_holidays reopen_dates add_client_field
                    change_client_field retire_client_field restore_client_field
organisation.write  change_organisation open_place change_place
organisation.close  close_organisation reopen_organisation
organisation.open   open_organisation open_house start_trial
organisation.suspend suspend_organisation resume_organisation
plan.write          choose_plan
team.write          add_member change_member_role change_member_grants remove_member make_invitation revoke_invitation
team.join           accept_invitation join_team
desk.enter          leave_team note_sign_in
access.write        allow_addresses
support.open        open_support_access
support.look        note_support_look leave_support_access
support.allow       allow_support_changes end_support_access
support.name        name_support_staff dismiss_support_staff
programs.write      issue_token revoke_token
webhooks.write      subscribe change_subscription change_secret end_old_secret end_subscription replay_deliveries
webhooks.stop       stop_subscription
self.write          register_person try_to_register change_person ask ask_to_confirm confirm_email
                    use_sign_in_link
                    set_password reset_password open_session pass_second_step end_session end_other_sessions
                    add_passkey remove_passkey prepare_second_factor turn_on_second_factor turn_off_second_factor
                    draw_recovery_codes give_code
"""
# What a program may do beside looking, by scope, written by hand as well.
SCOPE_CHANGES = {
    "settings:read": set(),
    "settings:write": {"settings.write", "organisation.write", "hours.write", "absences.write"},
    "clients:read": {"clients.export"},
    "clients:write": {"clients.write", "clients.merge", "clients.block", "clients.import"},
    "appointments:read": set(),
    "slots:read": set(),
    "appointments:write": {"agenda.write"},
    "appointments:desk": {"agenda.write", "requests.approve", "rules.override"},
    "events:read": set(),
    "webhooks:write": {"webhooks.write"},
}
NOBODY = uuid4()


def read_table() -> dict[str, str]:
    needs: dict[str, str] = {}
    right = ""
    for line in TABLE.splitlines():
        if line[:1].strip():
            right, line = line.split(maxsplit=1)
        needs |= dict.fromkeys(line.split(), right)
    return needs


NEEDS = read_table()


def in_table(role: str) -> set[str]:
    return {right for right, row in RIGHTS.items() if row[role] != "-"}


def casting() -> Iterator[tuple[str, Rights, set[str]]]:
    """Everybody who acts: what their act carries, and the rights that it must be, said once more."""
    yield "nobody", Rights(), set()
    for role in ROLES:
        yield role, rights_of(role, uuid4() if role == "practitioner" else None), in_table(role)
    yield "who sees as an owner", rights_to_look(rights_of("owner")), in_table("owner") & LOOKS
    yield "an owner of a house that stands still", standing_still(rights_of("owner")), in_table("owner") & STANDSTILL
    yield "a person", PERSON, {"self.write", "organisation.open", "team.join"}
    yield "support at the door", SUPPORT_COMES_IN, {"support.open"}
    yield "support", rights_of_support(may_change=False), in_table("support")
    yield "support that may change", rights_of_support(may_change=True), in_table("support") | SUPPORT_CHANGES
    for scope in SCOPES:
        yield f"a program for {scope}", rights_of_scopes([scope]), SCOPE_CHANGES[scope]
    for policy in ("people", "letters"):
        yield f"the policy of {policy}", rights_of_policy(policy), set()
    yield "the policy of webhooks", rights_of_policy("webhooks"), {"webhooks.stop"}
    yield "the policy of endings", rights_of_policy("endings"), {"requests.end"}
    yield "the policy of telling", rights_of_policy("telling"), {"messages.plan"}


CAST = {name: (held, needed) for name, held, needed in casting()}


def functions() -> dict[str, Callable[..., int]]:
    """The commands themselves, wherever they stand."""
    found = {}
    for package in (accounts, agenda, booking, clients, importing, notifications, starting, webhooks):
        for module in modules(package):
            found |= {name: each for name, each in inspect.getmembers(module, is_command)}
    return found


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(each.name)


def is_command(thing: Any) -> bool:
    return inspect.isfunction(thing) and hasattr(thing, "__wrapped__") and thing.__name__ in COMMANDS


DO = functions()


class Enough(Exception):
    """Undoes whatever was done."""


def is_let_past(store: Store, do: Callable[..., int], by: Act) -> bool:
    """Whether anything else than the right stands in the way; nothing is kept."""
    try:
        with store.log(by, is_exclusive=True) as log:
            try:
                do(log, by=by)
            except Forbidden:
                return False
            except (Refusal, TypeError):
                pass
            raise Enough
    except Enough:
        return True


def test_every_command_stands_in_the_table():
    assert NEEDS == COMMANDS == {name: COMMANDS[name] for name in DO}
    assert len(NEEDS) * len(CAST) > 2500
    assert set(POLICY_RIGHTS) == {"endings", "imports", "webhooks", "people", "letters", "telling", "starting"}


@pytest.mark.parametrize("name", CAST)
def test_a_command_is_refused_to_whoever_does_not_hold_its_right(name: str, house: House):
    held, needed = CAST[name]
    by = house.by(may=held)
    past = {command for command, do in DO.items() if is_let_past(house.store, do, by)}
    assert past == {command for command, right in NEEDS.items() if right in needed}


# Over which columns


class Columns:
    """Two columns with one thing of each kind in both; whoever asks has the first."""

    def __init__(self, house: House):
        self.house = house
        self.days: dict[UUID, int] = {}

    def wanted(self, column: UUID) -> list[Wanted]:
        return [Wanted(self.house.massage, (column,))]

    def book(self, column: UUID, hour: int = 9, **facts: Any) -> UUID:
        return self.house.book(at(hour), resource=column, **facts)

    def told(self, column: UUID) -> UUID:
        """Of somebody who is written to."""
        return self.book(column, 9, client_id=self.house.client(email="emilie@exemple.fr"))

    def hold(self, column: UUID) -> UUID:
        id = uuid4()
        commands.hold_time(self.house.store, id, at(16), self.wanted(column), by=self.house.by())
        return id

    def ended(self, column: UUID) -> UUID:
        id = self.book(column, 10)
        commands.cancel_appointment(self.house.store, id, by=self.house.by())
        return id

    def arrived(self, column: UUID) -> UUID:
        id = self.book(column, 11)
        commands.mark_arrived(self.house.store, id, by=self.house.by(at=at(11)))
        return id

    def absence(self, column: UUID) -> UUID:
        id = uuid4()
        hours.plan_absence(self.house.store, id, column, at(9, days=9), at(18, days=9), by=self.house.by())
        return id

    def cancelled_absence(self, column: UUID) -> UUID:
        id = self.absence(column)
        hours.cancel_absence(self.house.store, id, by=self.house.by())
        return id

    def series(self, column: UUID) -> UUID:
        id = uuid4()
        self.plan(self.house.store, column, id, by=self.house.by())
        return id

    def plan(self, target: Any, column: UUID, id: UUID | None = None, **facts: Any) -> int:
        rule = Rule(unit="day", count=3)
        return series.plan_series(
            target, id or uuid4(), None, date(2026, 12, 7), "09:00", rule, self.wanted(column), **facts
        )

    def cancelled_series(self, column: UUID) -> UUID:
        id = self.series(column)
        series.cancel_series(self.house.store, id, by=self.house.by())
        return id


Try = Callable[[Columns, Any, UUID, Act], Any]
LATER = at(12)
TRIES: dict[str, Try] = {
    "book_appointment": lambda c, log, one, by: commands.book_appointment(
        log, uuid4(), None, at(14), c.wanted(one), by=by
    ),
    "move_appointment": lambda c, log, one, by: commands.move_appointment(log, c.book(one), at(15), by=by),
    "edit_appointment": lambda c, log, one, by: commands.edit_appointment(
        log, c.book(one), words={"note": "Note"}, by=by
    ),
    "confirm_appointment": lambda c, log, one, by: commands.confirm_appointment(
        log, c.book(one, status="proposed"), by=by
    ),
    "approve_appointment": lambda c, log, one, by: commands.approve_appointment(
        log, c.book(one, status="requested"), by=by
    ),
    "decline_appointment": lambda c, log, one, by: commands.decline_appointment(
        log, c.book(one, status="requested"), by=by
    ),
    "cancel_appointment": lambda c, log, one, by: commands.cancel_appointment(log, c.book(one), by=by),
    "restore_appointment": lambda c, log, one, by: commands.restore_appointment(log, c.ended(one), by=by),
    "mark_arrived": lambda c, log, one, by: commands.mark_arrived(log, c.book(one), by=replace(by, at=at(9))),
    "mark_completed": lambda c, log, one, by: commands.mark_completed(log, c.arrived(one), by=replace(by, at=LATER)),
    "mark_missed": lambda c, log, one, by: commands.mark_missed(log, c.book(one), by=replace(by, at=LATER)),
    "reopen_appointment": lambda c, log, one, by: commands.reopen_appointment(
        log, c.arrived(one), by=replace(by, at=LATER)
    ),
    "take_back": lambda c, log, one, by: take_back(log, c.arrived(one), 2, by=replace(by, at=LATER)),
    "rewrite_appointment": lambda c, log, one, by: rewrite_appointment(
        log, c.book(one), at(15), client_id=None, price_cents=None, is_asked_for=True, words={}, by=by
    ),
    "hold_time": lambda c, log, one, by: commands.hold_time(log, uuid4(), at(14), c.wanted(one), by=by),
    "release_hold": lambda c, log, one, by: commands.release_hold(log, c.hold(one), by=by),
    "plan_series": lambda c, log, one, by: c.plan(log, one, by=by),
    "move_series": lambda c, log, one, by: series.move_series(log, c.series(one), Movement(wall_time="10:00"), by=by),
    "end_series": lambda c, log, one, by: series.end_series(log, c.series(one), count=2, by=by),
    "edit_series": lambda c, log, one, by: series.edit_series(log, c.series(one), words={"note": "Note"}, by=by),
    "cancel_series": lambda c, log, one, by: series.cancel_series(log, c.series(one), by=by),
    "restore_series": lambda c, log, one, by: series.restore_series(log, c.cancelled_series(one), by=by),
    "withhold_message": lambda c, log, one, by: messages.withhold_message(log, c.told(one), by=by),
    "resend_message": lambda c, log, one, by: messages.resend_message(log, c.told(one), uuid4(), by=by),
    "set_hours": lambda c, log, one, by: hours.set_hours(log, one, office_hours(0, 1), by=by),
    "set_day_hours": lambda c, log, one, by: hours.set_day_hours(
        log, one, DAY.date(), [DatedPeriod("09:00", "10:00")], by=by
    ),
    "clear_day_hours": lambda c, log, one, by: hours.clear_day_hours(log, one, a_day_set(c, one), by=by),
    "plan_absence": lambda c, log, one, by: hours.plan_absence(log, uuid4(), one, at(9, days=8), at(18, days=8), by=by),
    "move_absence": lambda c, log, one, by: hours.move_absence(
        log, c.absence(one), at(9, days=10), at(18, days=10), by=by
    ),
    "cancel_absence": lambda c, log, one, by: hours.cancel_absence(log, c.absence(one), by=by),
    "restore_absence": lambda c, log, one, by: hours.restore_absence(log, c.cancelled_absence(one), by=by),
}


def a_day_set(columns: Columns, column: UUID) -> date:
    on = date(2026, 12, 1)
    hours.set_day_hours(columns.house.store, column, on, [DatedPeriod("09:00", "10:00")], by=columns.house.by())
    return on


def test_every_command_over_columns_is_tried_on_two():
    assert set(TRIES) == {name for name, right in NEEDS.items() if right in OVER_COLUMNS}


LIMITED = {
    "a practitioner": lambda own: rights_of("practitioner", own),
    "a secretary of one column": lambda own: rights_of("secretary", None, Grants(edits=(own,))),
    "a secretary who sees one column": lambda own: rights_of("secretary", None, Grants(sees=(own,))),
    "a manager of one place": lambda own: rights_of("manager", None, Grants(places=(NOBODY,)), frozenset([own])),
    "a manager who approves for one": lambda own: rights_of("manager", None, Grants(edits=(own,), approves=(own,))),
}


@pytest.mark.parametrize("who", LIMITED)
@pytest.mark.parametrize("name", TRIES)
def test_a_right_over_some_columns_changes_nothing_in_another(name: str, who: str, house: House):
    columns, by = Columns(house), house.by(may=LIMITED[who](house.claire))
    with pytest.raises(Forbidden):
        TRIES[name](columns, house.store, house.karim, by)
    before = house.rows("SELECT count(*) FROM events")
    TRIES[name](columns, house.store, house.claire, by)
    assert house.rows("SELECT count(*) FROM events") > before
