"""Who stands before each route, what it needs said once more by hand, and the answer that follows from both."""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

# Every endpoint by the right, audience or scope that it needs; one that stands under several needs any of them.
# Written by hand, so that a view whose rule is weakened no longer agrees with it.
TABLE = """
anyone              static look.accent installed.manifest installed.keeper installed.away health.check
                    health.measure api.openapi api.page door.sign_in door.enter
                    door.enter_by_passkey door.second_step door.give_code door.ask_link door.send_link door.open_link
                    door.enter_by_link door.forgotten door.send_reset door.open_reset door.reset_password
                    door.open_confirmation door.confirm_email start.look start.ask_letter start.sign_up start.register
                    answer.look answer.give
person              account.home account.change account.email account.change_email account.past account.add_passkey
                    account.remove_passkey account.set_password account.prove account.prove_by_password
                    account.prove_by_passkey account.turn_on_second account.draw_codes account.turn_off_second
                    account.prepare_second account.security account.list_sessions account.end_session
                    account.end_others desk.act_for_oneself desk.see_as_oneself desk.choose_columns
                    desk.choose_letters door.choose_theme door.houses
                    door.enter_house door.leave start.begin start.open_organisation start.join support.desk
                    support.come_in

agenda.see          desk.home desk.jump desk.day desk.changes desk.panel desk.series desk.list_appointments
                    desk.month desk.this_month desk.absence desk.today desk.sheets desk.messages
                    desk.search desk.group desk.week desk.this_week
agenda.write        desk.here desk.find_times desk.undo desk.change desk.rewrite
                    desk.book desk.act desk.settle desk.edit desk.choose desk.move desk.scope desk.new desk.pick_clients
                    desk.pick_services desk.repeat desk.preview_series desk.plan desk.change_series desk.keep_change
                    desk.preview_change desk.confirm_cancel desk.cancel_series desk.restore_series desk.edit_series
                    desk.question_fields desk.answer desk.withhold desk.send_again
absences.write      desk.new_absence desk.plan_absences desk.foresee_absence desk.change_absence desk.remove_absence
                    desk.restore_absence desk.take_absences_back settings.absences
requests.approve    desk.act desk.settle desk.requests
behalf.act          desk.act_for
others.see          desk.see_as

clients.see         files.people files.file files.lived files.likely
clients.write       files.new files.create files.edit files.change files.add_note files.edit_note files.pin_note
                    files.remove_note files.restore_version files.shelve
clients.merge       files.merge files.merge_in files.unmerge files.tell_apart
clients.block       files.block
clients.import      files.imports files.upload files.import_page files.choose_columns files.forget files.report
                    files.start files.undo
clients.export      files.export files.take_out files.take_out_one desk.take_list_out

history.see         history.latest
health.see          health.page
settings.see        settings.home settings.first_steps
settings.write      settings.services settings.add_service settings.service settings.change_service
                    settings.set_performers settings.resources settings.add_resource settings.resource
                    settings.change_resource settings.move_resource settings.closures settings.close_holidays
                    settings.close_dates settings.foresee_closing settings.reopen_date settings.terms
                    settings.set_terms settings.options settings.set_options
                    settings.keep_question settings.settle_question
                    files.fields files.add_field files.change_field files.retire_field
organisation.write  settings.organisation settings.change_organisation settings.places settings.open_place
                    settings.change_place settings.look settings.set_look
organisation.close  settings.plan settings.close_organisation settings.reopen_organisation
plan.write          settings.plan settings.choose_plan
team.see            settings.team settings.member
team.write          settings.change_role settings.change_grants settings.remove_member settings.invite
                    settings.invitation settings.revoke_invitation
hours.write         settings.hours settings.week settings.set_week settings.foresee_week settings.copy_day
                    settings.copy_week settings.set_day settings.clear_day settings.undo_hours
access.write        settings.access settings.allow_addresses
support.allow       settings.settle_support
support.look        support.leave
programs.write      settings.tokens settings.issue_token settings.revoke_token
webhooks.write      settings.webhooks settings.webhook settings.subscribe settings.change_webhook settings.end_webhook
                    settings.pause_webhook settings.replay_webhook settings.change_webhook_secret
                    settings.end_old_secret

settings:read       organisation.read organisation.list_places organisation.read_place organisation.read_closures
                    organisation.read_terms resources.list_resources resources.read resources.read_hours
                    services.list_services services.read absences.list_absences absences.read_absence
settings:write      organisation.change organisation.open_place organisation.change_place organisation.close
                    organisation.close_public_holidays organisation.reopen organisation.set_terms resources.add
                    resources.change resources.set_hours resources.set_day resources.clear_day services.add
                    services.change services.assign services.remove absences.plan_absence absences.move_absence
                    absences.cancel_absence absences.restore_absence client-fields.add
                    client-fields.change client-fields.retire client-fields.restore
clients:read        clients.list_clients clients.read clients.find_duplicates clients.list_pairs
                    clients.list_versions clients.export clients.read_import clients.preview
                    client-fields.list_fields
clients:write       clients.create clients.change clients.archive clients.restore clients.block clients.unblock
                    clients.merge clients.unmerge clients.dismiss clients.add_note clients.change_note
                    clients.remove_note clients.restore_version clients.prepare clients.start clients.undo
appointments:read   appointments.list_appointments appointments.read days.day holds.read slots.find slots.days
                    slots.first slots.refused series.list_series series.read series.preview series.move_shown
                    series.end_shown series.cancel_shown series.restore_shown
slots:read          slots.find slots.days slots.first
appointments:desk   appointments.approve appointments.decline appointments.arrive appointments.complete
                    appointments.miss appointments.reopen
appointments:write  appointments.book appointments.edit appointments.move appointments.confirm
                    appointments.cancel appointments.restore holds.hold holds.release series.plan
                    series.edit series.move_change series.end_change series.cancel_change series.restore_change
events:read         events.since
webhooks:write      webhooks.list_subscriptions webhooks.subscribe webhooks.read webhooks.change webhooks.end
                    webhooks.list_deliveries webhooks.replay webhooks.change_secret webhooks.end_old_secret
"""
# Rights that let somebody look at something and change nothing.
LOOKS = {"agenda.see", "clients.see", "clients.contacts", "history.see", "figures.see", "health.see", "settings.see"}
LOOKS |= {"team.see", "others.see"}
STANDSTILL = LOOKS | {"desk.enter", "clients.export", "organisation.close", "plan.write"}
SUPPORT_CHANGES = {"agenda.write", "settings.write", "hours.write", "absences.write"}
# Whoever leaves is nobody in the house from then on.
LAST = "support.leave"
# What a house that stands still is asked for, and what would end a house.
ENDS_A_HOUSE = {"settings.close_organisation", "settings.reopen_organisation", "settings.choose_plan"}
# What stands in an address before an identifier, and what it then names.
NAMED = {
    "hours": "resources",
    "groups": "resources",
    "closures": "places",
    "performers": "resources",
    "apart": "others",
    "import": "client-imports",
    "fields": "client-fields",
    "see-as": "team",
    "client": "clients",
    "staff": "team",
    "support": "accesses",
    "merge": "clients",
}
PLAIN = {
    "on": "2026-11-24",
    "month": "2026-11",
    "deed": "cancel",
    "number": 1,
    "version": 1,
    "moment": "20261124T1300Z",
    "words": "not-a-sealed-link",
    "filename": "css/app.css",
    "colour": "0f7a4f",
}
# The least that a form must send to be read, so that it is the guard that answers and not the form.
FORMS: dict[str, dict[str, Any]] = {
    "desk.book": {"on": "2026-11-24", "time": "17:00"},
    "desk.plan_absences": {"id": UUID(int=1), "resources": UUID(int=1), "from_on": "2026-11-24", "is_whole_days": 1},
    "desk.change_absence": {"from_on": "2026-11-24", "is_whole_days": 1},
    "desk.rewrite": {"on": "2026-11-24", "time": "17:00"},
    "desk.move": {"on": "2026-11-24", "time": "17:00"},
    "files.change": {"expected_version": 1, "last_name": "Petit", "anyway": 1},
    "files.merge_in": {"duplicate_id": UUID(int=1)},
    "files.add_note": {"words": "Note"},
    "files.edit_note": {"words": "Note"},
    "files.change_field": {"label": "Champ"},
    "settings.change_service": {"name": "Massage", "duration_minutes": 60},
    "settings.change_resource": {"name": "Claire"},
    "settings.close_holidays": {"year": 2027},
    "settings.close_dates": {"from_on": "2027-01-02"},
    "settings.set_options": {"first_hour": 8, "last_hour": 20},
    "settings.reopen_date": {"on": "2027-01-02"},
    "settings.set_look": {"accent": "#0f7a4f", "client_word": "patient", "appointment_word": "session"},
    "settings.settle_question": {"question_id": UUID(int=1)},
    "settings.copy_day": {"day": 0},
    "settings.copy_week": {"resource_id": UUID(int=1)},
    "settings.set_day": {"on": "2026-11-24"},
    "settings.undo_hours": {"version": 1},
    "settings.change_role": {"role": "viewer"},
    "settings.change_place": {"name": "Annexe", "zone": "Europe/Paris", "country": "FR"},
    "settings.change_webhook": {"url": "https://exemple.fr/crochet"},
    "settings.replay_webhook": {"after": 1},
    "support.come_in": {"organisation": UUID(int=1), "reason": "panne"},
}

Ids = Mapping[str, Any]


def read_table() -> dict[str, set[str]]:
    """Endpoint -> what it needs, any of them."""
    needs: dict[str, set[str]] = defaultdict(set)
    need = ""
    for line in TABLE.splitlines():
        if line[:1].strip():
            need, line = line.split(maxsplit=1)
        for endpoint in line.split():
            needs[endpoint].add(need)
    return dict(needs)


NEEDS = read_table()


class Cell(NamedTuple):
    """A way to ask a route: its method, and each choice that its address offers."""

    rule: Rule
    method: str
    chosen: dict[str, Any]

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def names_something(self) -> bool:
        return any(isinstance(each, UUIDConverter) for each in self.rule._converters.values())

    def path(self, app: Flask, ids: Ids) -> str:
        values = PLAIN | self.chosen
        named = {name: ids[self.kind(name)] for name in self.ids()}
        used = {name: values[name] for name in self.rule.arguments if name in values}
        return app.url_map.bind("localhost").build(self.endpoint, used | named, method=self.method)

    def ids(self) -> list[str]:
        return [name for name, each in self.rule._converters.items() if isinstance(each, UUIDConverter)]

    def kind(self, name: str) -> str:
        before = re.search(rf"([\w-]+|<[^>]*>)/<uuid:{name}>", str(self.rule))[1]
        segment = self.chosen[before.partition(":")[2][:-1]] if before.startswith("<") else before
        return NAMED.get(segment, segment)


def cells(app: Flask) -> list[Cell]:
    """Every route with each of its methods and choices."""
    return [
        Cell(rule, method, chosen)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == LAST, str(rule)))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        for chosen in choices(rule)
    ]


def choices(rule: Rule) -> Iterator[dict[str, Any]]:
    offered = {name: sorted(each.items) for name, each in rule._converters.items() if isinstance(each, AnyConverter)}
    return (dict(zip(offered, picked, strict=True)) for picked in itertools.product(*offered.values()))


class Visitor(NamedTuple):
    """Somebody before the door. `rights` are those in the house entered, None when none is; `scopes` of a token.
    `spend` signs in somebody like them in a house that may end."""

    name: str
    sign_in: Callable[[], FlaskClient]
    rights: set[str] | None = None
    is_person: bool = True
    secret: str = ""
    scopes: tuple[str, ...] | None = None
    spend: Callable[[], FlaskClient] | None = None

    def expected(self, endpoint: str) -> str:
        """in, door, houses, or the number of the refusal."""
        needs = NEEDS[endpoint]
        if "anyone" in needs:
            return "in"
        if any(":" in need for need in needs):
            return "401" if self.scopes is None else "in" if needs & {*self.scopes} else "403"
        if not self.is_person:
            return "door"
        if "person" in needs:
            return "in"
        if self.rights is None:
            return "houses"
        return "in" if needs & self.rights else "403"

    def ask(self, browser: FlaskClient, cell: Cell, ids: Ids) -> TestResponse:
        """With the form that the route needs; programs send their token and an empty body."""
        path = cell.path(browser.application, ids)
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
            body = None if cell.method == "GET" else {}
            return browser.open(path, method=cell.method, json=body, headers=headers, buffered=True)
        form = FORMS.get(cell.endpoint, {}) if cell.method != "GET" else None
        return browser.open(path, method=cell.method, data=form, buffered=True)


def outcome(answer: TestResponse) -> str:
    """The same words as `expected`, seen from outside; in is whatever is none of the refusals."""
    to = answer.location or ""
    if answer.status_code in (401, 403):
        return str(answer.status_code)
    if to.startswith("/sign-in"):
        return "door"
    return "houses" if to == "/organisations" else "in"


class Missing(dict[str, str]):
    """Identifiers that name nothing."""

    def __missing__(self, _: str) -> UUID:
        return uuid4()
