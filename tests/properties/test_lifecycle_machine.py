"""Whatever is asked of appointments, holds, absences and hours, by whomever, in whatever order and however often: the
ledger, the log, the streams and the agenda say what a much simpler model says, and what is refused changes nothing."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from accounts.rights import SETUP
from agenda import commands as agenda
from agenda.hours import DatedPeriod
from agenda.queries import find_slots
from agenda.wanted import Wanted
from booking import commands as booking
from booking.appointment import Appointment, RequestExpired
from booking.hold import Hold
from booking.queries import streams
from booking.rules import BufferTooShort
from kernel.actors import Act
from kernel.errors import KeyUsedDifferently, Refusal, TimeNotFree, VersionChanged
from kernel.store import Store
from tests.properties.lifecycle import (
    ENDED,
    WAITING,
    Away,
    Kind,
    Promise,
    Terms,
    Wish,
    World,
    day,
    hours_of,
    instant,
    meets_buffer,
    minute,
)
from tests.properties.lifecycle import Row as Held
from tests.story import NOW, House, at

IS_FULL = os.environ.get("CARNET_FULL") == "1"
# A Thursday; the clocks change on the Sunday after it.
BEGIN = minute(date(2027, 3, 25), "08:00")
DAYS = (date(2027, 3, 26), date(2027, 3, 29), date(2027, 3, 30))
WALLS = ("10:00", "09:00", "09:05", "08:30", "10:10", "11:00", "12:30", "14:00", "17:30")
OTHER_HOURS = ((), (("10:00", "13:00"),), (("08:20", "12:00"), ("13:00", "20:00")))
RULES = ("taken", "buffer", "absent", "outside_hours", "day_full")

WHENS = st.builds(minute, st.sampled_from([DAYS[0], *DAYS]), st.sampled_from(WALLS))
WHO = st.sampled_from([0, 0, 1, 1, None])
KINDS = st.integers(0, 3)
ASKERS = st.sampled_from(["desk", "desk", "program", "client", "online"])
PLAIN = st.tuples(ASKERS, st.just(()))
# Who asks, and what they set aside.
ASKING = st.one_of(
    PLAIN,
    PLAIN,
    st.tuples(
        st.sampled_from(["desk", "desk", "program", "client"]),
        st.just(RULES) | st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True),
    ),
)
HOURS = st.tuples(st.just("hours"), st.integers(0, 1), st.sampled_from(DAYS), st.sampled_from((None, *OTHER_HOURS)))
CLOSED = st.tuples(st.just("closed"), st.booleans(), st.sampled_from(DAYS))
TERMS = st.tuples(
    st.just("terms"),
    st.builds(Terms, st.sampled_from([0, 120, 2000]), st.sampled_from([None, 1, 4]), st.sampled_from([0, 24 * 60])),
)
NOTHING = ""


class Sent(NamedTuple):
    """A command that was accepted, and the position that it was answered with."""

    command: Callable[..., int]
    args: tuple[Any, ...]
    facts: dict[str, Any]
    by: Act
    position: int


class Desk(RuleBasedStateMachine):
    store: ClassVar[Store]
    # What went wrong in a rule is not said a second time at the end.
    is_as_told = False

    @initialize(
        first=st.lists(
            st.tuples(KINDS, WHO, WHENS, st.sampled_from(["booked", "booked", *WAITING, "held"])),
            min_size=4,
            max_size=10,
        )
    )
    def open(self, first: list[tuple[Any, ...]]) -> None:
        self.found_the_house()
        for each in first:
            self.book(*each, asking=("desk", ()), price=None)

    def found_the_house(self) -> None:
        self.house = House(self.store)
        house, by = self.house, self.house.by()
        care = uuid4()
        house.add_service(care, "Soin", 45, before_minutes=10, after_minutes=15, interval_minutes=15)
        agenda.change_service(self.store, house.check_up, after_minutes=10, by=by)
        agenda.change_service(self.store, house.class_of_three, after_minutes=5, by=by)
        agenda.change_resource(self.store, house.karim, max_per_day=2, by=by)
        self.kinds = (
            Kind(house.massage, 60, 60),
            Kind(house.class_of_three, 60, 60, capacity=3, after=5),
            Kind(house.check_up, 30, 30, after=10, needs_room=True),
            Kind(care, 45, 15, before=10, after=15),
        )
        self.client_id = house.client()
        self.world = World(BEGIN, (house.claire, house.karim), house.room, {house.karim: 2})
        self.sent: list[Sent] = []
        self.versions: Counter = Counter()
        self.told: Counter = Counter()
        self.mark = 0
        self.new_events()
        self.agree_on(Terms())

    # Asking

    def by(self, asker: str = "desk", expecting: Promise | None = None) -> Act:
        actors = {"client": f"client/{self.client_id}", "desk": f"staff/{self.house.member_id}"}
        origins = {"desk": "desk", "client": "public"}
        act = Act(
            organisation_id=self.house.id,
            actor=actors.get(asker, "api/site"),
            origin=origins.get(asker, "api"),
            at=instant(self.world.now),
            key=str(uuid4()),
            may=SETUP,
            is_online=asker == "online",
        )
        return act.expecting(expecting.id, expecting.version) if expecting else act

    def ask(
        self,
        command: Callable[..., int],
        *args: Any,
        by: Act,
        may: bool,
        tells: Any = (),
        met: set[str] | None = None,
        **facts: Any,
    ) -> str:
        """The names of the events that it told, when the model says that it may; else sees it refused. `tells` are the
        names expected, or several such, of which one; `met` are the rules that a refusal names where it names any."""
        if not may:
            refusal = self.refused(Refusal, lambda: command(self.store, *args, **facts, by=by))
            assert met is None or set(refusal.facts.get("rules", met)) == met
            return "refused"
        self.is_as_told = False
        position = command(self.store, *args, **facts, by=by)
        new = self.new_events()
        names = " ".join(name for _, name, _ in new)
        assert names in ((tells,) if isinstance(tells, str) else tells)
        assert position == (new[-1][0] if new else 0)
        for _, _, stamps in new:
            assert (stamps["by"], stamps["via"], stamps["command"]) == (by.actor, by.origin, str(by.command_id))
            assert stamps["at"] == by.at.isoformat().replace("+00:00", "Z")
        self.told[str(by.command_id)] += len(new)
        self.sent.append(Sent(command, args, facts, by, position))
        self.aside = tuple(new[-1][2].get("override", ())) if new else ()
        self.is_as_told = True
        return names

    def refused(self, kind: type[Refusal], act: Callable[[], Any]) -> Refusal:
        before, self.is_as_told = self.everything(), False
        with pytest.raises(kind) as told:
            act()
        assert self.everything() == before
        self.is_as_told = True
        return told.value

    def everything(self) -> tuple[Any, ...]:
        """What would show that something was written."""
        counted = ("events", "texts", "commands", "claims")
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in counted)
        return self.house.rows(f"SELECT (SELECT max(position) FROM events), {counts}")[0]

    def new_events(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Events since the last look: position, name and stamps; each is the next version of its stream."""
        query = "SELECT position, stream_id, version, name, state FROM events WHERE position > %s ORDER BY position"
        found = []
        for position, stream_id, version, name, state in self.house.rows(query, self.mark):
            self.versions[stream_id] += 1
            assert version == self.versions[stream_id]
            found.append((position, name, json.loads(state)))
            self.mark = position
        return found

    # What the model thinks of it

    def place(
        self, kind: Kind, who: int | None, start: int, by: Act, aside: Sequence[str], *without: UUID
    ) -> tuple[Wish | None, set[str]]:
        """Where a visit finds its place and the rules set aside for it; else nowhere, and the rules in its way."""
        people = self.world.people if who is None else [self.world.people[who]]
        bound = self.world.clients() if by.is_client else self.world.staff()
        wishes = [Wish(kind, person, start) for person in people]
        met = [self.world.obstacles(wish, bound, without) for wish in wishes]
        fitting = [wish for wish, rules in zip(wishes, met, strict=True) if rules <= set(aside)]
        if by.is_client and aside or not fitting:
            return None, met[0] - set(aside)
        return fitting[0], met[wishes.index(fitting[0])]

    def wanted(self, kind: Kind, who: int | None) -> list[Wanted]:
        return [Wanted(kind.id, () if who is None else (self.world.people[who],))]

    def some(self, data: st.DataObject, *statuses: str) -> Promise:
        """An appointment or a hold, often one of these statuses if there is any."""
        known = [each for each in self.world.promises.values() if is_hold(each) == ("held" in statuses)]
        fit = [each for each in known if each.status in statuses]
        return data.draw(st.sampled_from([*known, *fit * 3]))

    def has_appointments(self) -> bool:
        return not all(map(is_hold, self.world.promises.values()))

    def has_holds(self) -> bool:
        return any(map(is_hold, self.world.promises.values()))

    # Promises

    @rule(
        kind=KINDS,
        who=WHO,
        start=WHENS,
        status=st.sampled_from(["booked", "booked", *WAITING, "held"]),
        asking=ASKING,
        price=st.sampled_from([None, 4200]),
    )
    def book(
        self, kind: int, who: int | None, start: int, status: str, asking: tuple[str, Any], price: int | None
    ) -> None:
        asker, aside = asking
        who = 0 if aside and who is None else who
        if status == "held":
            self.hold(self.kinds[kind], who, start, self.by(asker))
        else:
            self.make(self.kinds[kind], who, start, status, self.by(asker), aside, price=price)

    def make(
        self,
        kind: Kind,
        who: int | None,
        start: int,
        status: str,
        by: Act,
        aside: Sequence[str] = (),
        *,
        price: int | None = None,
        hold: Promise | None = None,
    ) -> bool:
        id, released = uuid4(), "HoldReleased " if hold else ""
        wish, met = self.place(kind, who, start, by, aside, *([hold.id] if hold else ()))
        may = wish is not None and (hold is None or hold.takes_time(self.world.now))
        may = may and self.is_theirs_to_book(kind, status, price, hold, by)
        facts = {"status": status, "price_cents": price, "hold_id": hold and hold.id}
        facts |= {"override": tuple(aside), "reason": "Urgence" if aside else ""}
        told = released + MADE[status]
        args = (id, self.client_id, instant(start), self.wanted(kind, who))
        facts |= {"tells": told, "met": met if is_named(who, by, aside) else None}
        if self.ask(booking.book_appointment, *args, **facts, by=by, may=may) == "refused":
            return False
        if hold:
            hold.status, hold.version = "over", 2
        noted = tuple(sorted(met))
        assert self.aside == noted
        expires = None if status == "booked" else self.world.now + 48 * 60
        made = Promise(id, wish, status, expires, self.world.terms.notice, client_id=self.client_id, aside=noted)
        made.price = kind.price if price is None else price
        self.world.promises[id] = made
        return True

    def is_theirs_to_book(self, kind: Kind, status: str, price: int | None, hold: Promise | None, by: Act) -> bool:
        """Clients propose nothing, name no price of their own, use no other's hold, and ask five times at most."""
        if not by.is_client:
            return True
        waiting = [each for each in self.world.promises.values() if each.status == "requested"]
        asks_too_often = status == "requested" and sum(each.takes_time(self.world.now) for each in waiting) >= 5
        is_own = hold is None or hold.maker == by.actor
        return status != "proposed" and price in (None, kind.price) and is_own and not asks_too_often

    def hold(self, kind: Kind, who: int | None, start: int, by: Act) -> None:
        id, (wish, met) = uuid4(), self.place(kind, who, start, by, ())
        args, facts = (id, instant(start), self.wanted(kind, who)), {"met": met if is_named(who, by, ()) else None}
        held = [each for each in self.world.promises.values() if each.status == "held" and each.maker == by.actor]
        holds_too_much = by.is_client and sum(each.takes_time(self.world.now) for each in held) >= 10
        may = wish is not None and not holds_too_much
        if self.ask(booking.hold_time, *args, by=by, may=may, tells="TimeHeld", **facts) != "refused":
            self.world.promises[id] = Promise(id, wish, "held", self.world.now + 10, maker=by.actor)

    @precondition(has_holds)
    @rule(data=st.data(), asker=ASKERS, start=st.none() | WHENS)
    def book_what_is_held(self, data: st.DataObject, asker: str, start: int | None) -> None:
        """At its own time, or at another."""
        held = self.some(data, "held")
        who = self.world.people.index(held.wish.person)
        self.make(held.wish.kind, who, start or held.wish.start, "booked", self.by(asker), hold=held)

    @precondition(has_holds)
    @rule(data=st.data(), is_given_up=st.booleans())
    def end_a_hold(self, data: st.DataObject, is_given_up: bool) -> None:
        held = self.some(data, "held")
        is_over = self.world.now >= held.expires
        command, name = ENDING[is_given_up]
        may = held.status == "held" and is_over != is_given_up
        if self.ask(command, held.id, by=self.by(expecting=held), may=may, tells=name) != "refused":
            held.status, held.version = "over", held.version + 1

    @rule(data=st.data(), kind=KINDS, who=WHO, on=st.sampled_from(DAYS), asker=ASKERS)
    def take_what_is_offered(self, data: st.DataObject, kind: int, who: int | None, on: date, asker: str) -> None:
        kind, by = self.kinds[kind], self.by(asker)
        people = self.world.people if who is None else [self.world.people[who]]
        bound = self.world.clients() if by.is_client else self.world.shown_to_staff()
        house, now = (self.store, self.house.id), instant(self.world.now)
        found = find_slots(*house, self.wanted(kind, who), on, on, now, for_staff=not by.is_client)
        assert [slot.starts_at for slot in found] == [*map(instant, self.world.offered(kind, people, on, bound))]
        if found:
            slot = data.draw(st.sampled_from(found))
            assert self.make(kind, who, int(slot.starts_at.timestamp()) // 60, "booked", by)

    @precondition(has_appointments)
    @rule(data=st.data(), start=st.none() | WHENS, who=WHO, kind=st.none() | KINDS, asking=ASKING)
    def move(
        self, data: st.DataObject, start: int | None, who: int | None, kind: int | None, asking: tuple[str, Any]
    ) -> None:
        """To another time or not, by another service for somebody else or not."""
        promise, (asker, aside) = self.some(data, *WAITING, "booked", "arrived"), asking
        before, by = promise.wish, self.by(asker, promise)
        start, who = start or before.start, 0 if aside and who is None else who
        target = before.kind if kind is None else self.kinds[kind]
        who = self.world.people.index(before.person) if kind is None else who
        wish, met = self.place(target, who, start, by, aside, promise.id)
        may = wish is not None and self.is_open(promise) and self.is_in_notice(promise, by)
        facts = {"override": tuple(aside), "reason": "Urgence" if aside else ""}
        facts |= {"wanted": None if kind is None else self.wanted(target, who)}
        facts |= {"tells": self.moved(promise, wish, is_priced=kind is not None)}
        facts |= {"met": met if is_named(who, by, aside) else None}
        names = self.ask(booking.move_appointment, promise.id, instant(start), by=by, may=may, **facts)
        if names not in ("refused", NOTHING):
            promise.wish, promise.aside = wish, tuple(sorted(met))
            assert self.aside == promise.aside
            promise.version += len(names.split())
            promise.price = target.price if "Edited" in names else promise.price

    def moved(self, promise: Promise, wish: Wish | None, *, is_priced: bool) -> tuple[str, ...]:
        """At its own place it may change its seat, or not."""
        names = "AppointmentMoved"
        if is_priced and wish and promise.price != wish.kind.price:
            names += " AppointmentEdited"
        return (names, NOTHING) if wish == promise.wish else (names,)

    def is_open(self, promise: Promise) -> bool:
        is_over = promise.expires is not None and promise.expires <= self.world.now
        return promise.status in (*WAITING, "booked", "arrived") and not is_over

    def is_in_notice(self, promise: Promise, by: Act) -> bool:
        return not by.is_client or self.world.now <= promise.wish.start - promise.notice

    @precondition(has_appointments)
    @rule(data=st.data(), price=st.sampled_from([None, 3000, 4200]), note=st.sampled_from([None, "Porte du fond"]))
    def edit(self, data: st.DataObject, price: int | None, note: str | None) -> None:
        promise = self.some(data)
        facts = {} if price is None else {"price_cents": price}
        facts |= {} if note is None else {"words": {"note": note}}
        tells = NOTHING if note is None and price in (None, promise.price) else "AppointmentEdited"
        by = self.by(expecting=promise)
        self.ask(booking.edit_appointment, promise.id, by=by, may=True, tells=tells, **facts)
        promise.version += len(tells.split())
        promise.price = promise.price if price is None else price

    @precondition(has_appointments)
    @rule(data=st.data(), asker=ASKERS, deed=st.sampled_from(["approve", "confirm", "decline", "expire"]))
    def answer(self, data: st.DataObject, asker: str, deed: str) -> None:
        self.settle(data, asker, deed)

    @precondition(has_appointments)
    @rule(data=st.data(), asker=ASKERS, deed=st.sampled_from(["arrive", "complete", "miss", "reopen"]))
    def come(self, data: st.DataObject, asker: str, deed: str) -> None:
        self.settle(data, asker, deed)

    @precondition(has_appointments)
    @rule(data=st.data(), asker=ASKERS)
    def cancel(self, data: st.DataObject, asker: str) -> None:
        self.settle(data, asker, "cancel")

    def settle(self, data: st.DataObject, asker: str, deed: str) -> None:
        command, name, status, before = DEEDS[deed]
        promise = self.some(data, *before)
        by = self.by(asker, promise)
        may = promise.status in before and self.is_time_for(deed, promise, by)
        may = may and (not by.is_client or self.is_a_client_s(deed, promise))
        if self.ask(command, promise.id, by=by, may=may, tells=name) != "refused":
            promise.settle(status)
            promise.version += 1

    def is_a_client_s(self, deed: str, promise: Promise) -> bool:
        return deed in ("confirm", "cancel") or (deed == "decline" and promise.status == "proposed")

    def is_time_for(self, deed: str, promise: Promise, by: Act) -> bool:
        now = self.world.now
        match deed:
            case "approve" | "confirm":
                return now < promise.expires
            case "expire":
                return now >= promise.expires
            case "complete" | "miss":
                return now >= promise.wish.start
            case "cancel":
                return self.is_in_notice(promise, by)
        return True

    @precondition(has_appointments)
    @rule(data=st.data(), asking=ASKING)
    def restore(self, data: st.DataObject, asking: tuple[str, Any]) -> None:
        promise, (asker, aside) = self.some(data, *ENDED), asking
        by = self.by(asker, promise)
        wish, who = promise.wish, self.world.people.index(promise.wish.person)
        placed, met = self.place(wish.kind, who, wish.start, by, aside, promise.id)
        may = placed is not None and promise.status in (("cancelled",) if by.is_client else ENDED)
        facts = {"override": tuple(aside), "reason": "Urgence" if aside else "", "tells": "AppointmentRestored"}
        facts |= {"met": met if is_named(who, by, aside) else None}
        if self.ask(booking.restore_appointment, promise.id, by=by, may=may, **facts) != "refused":
            promise.settle("booked")
            promise.version, promise.aside = promise.version + 1, tuple(sorted(met))
            assert self.aside == promise.aside

    # The house

    @rule(
        data=st.data(),
        on=st.sampled_from(DAYS),
        wall=st.sampled_from(WALLS),
        minutes=st.sampled_from([20, 120, 24 * 60]),
        is_over_another=st.booleans(),
    )
    def plan_an_absence(self, data: st.DataObject, on: date, wall: str, minutes: int, is_over_another: bool) -> None:
        resource = data.draw(st.sampled_from([*self.world.people, self.world.room]))
        id, start = uuid4(), minute(on, wall)
        may = is_over_another or not self.world.overlapping(id, resource, start, start + minutes)
        facts = {"override": ("overlap",)} if is_over_another else {}
        args = (id, resource, instant(start), instant(start + minutes))
        if self.ask(agenda.plan_absence, *args, by=self.by(), may=may, tells="AbsencePlanned", **facts) != "refused":
            self.world.absences[id] = Away(resource, start, start + minutes)

    @precondition(lambda self: self.world.absences)
    @rule(data=st.data(), later=st.sampled_from([None, None, -60, 0, 30]))
    def move_or_cancel_an_absence(self, data: st.DataObject, later: int | None) -> None:
        id = data.draw(st.sampled_from(list(self.world.absences)))
        away, by = self.world.absences[id], self.by()
        if later is None:
            self.ask(agenda.cancel_absence, id, by=by, may=not away.is_cancelled, tells="AbsenceCancelled")
            away.is_cancelled = True
            return
        start, end = away.start + later, away.end + later
        may = not away.is_cancelled and not self.world.overlapping(id, away.resource, start, end)
        args = (id, instant(start), instant(end))
        if self.ask(agenda.move_absence, *args, by=by, may=may, tells="AbsenceMoved") != "refused":
            away.start, away.end = start, end

    @rule(change=HOURS | HOURS | CLOSED | TERMS)
    def change_the_house(self, change: tuple[Any, ...]) -> None:
        what, *facts = change
        {"hours": self.work, "closed": self.close_or_open, "terms": self.agree_on}[what](*facts)

    def work(self, who: int, on: date, periods: tuple[tuple[str, str], ...] | None) -> None:
        """Other hours on a date; None for the usual ones."""
        person = self.world.people[who]
        before = self.world.dated.pop((person, on), None)
        if periods is None:
            tells = NOTHING if before is None else "DayHoursCleared"
            self.ask(agenda.clear_day_hours, person, on, by=self.by(), may=True, tells=tells)
            return
        tells = NOTHING if before == periods else "DayHoursSet"
        self.ask(agenda.set_day_hours, person, on, hours_of(periods, DatedPeriod), by=self.by(), may=True, tells=tells)
        self.world.dated[person, on] = periods

    def close_or_open(self, is_closed: bool, on: date) -> None:
        command, asked = (agenda.close_dates, {on: "Pont"}) if is_closed else (agenda.reopen_dates, [on])
        changes = (on in self.world.closed) != is_closed
        tells = ("DatesClosed" if is_closed else "DatesReopened") if changes else NOTHING
        # Where nothing was ever closed there is nothing to open.
        may = is_closed or any(sent.command is agenda.close_dates for sent in self.sent)
        if self.ask(command, self.house.place_id, asked, by=self.by(), may=may, tells=tells) != "refused":
            (self.world.closed.add if is_closed else self.world.closed.discard)(on)

    def agree_on(self, terms: Terms) -> None:
        facts = {"lead_minutes": terms.lead, "horizon_days": terms.horizon, "notice_minutes": terms.notice}
        self.ask(agenda.set_booking_terms, by=self.by(), may=True, tells="BookingTermsSet", **facts)
        self.world.terms = terms

    @rule(minutes=st.sampled_from([5, 11, 60, 24 * 60, 49 * 60]), are_read=st.booleans())
    def time_passes(self, minutes: int, are_read: bool) -> None:
        self.world.now += minutes
        if are_read:
            self.house.read_on()

    # Sending once more, and too late

    @rule(data=st.data())
    def the_same_again_is_answered_the_same(self, data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(self.sent))
        before = self.everything()
        by = replace(sent.by, at=instant(self.world.now), command_id=uuid4())
        assert sent.command(self.store, *sent.args, **sent.facts, by=by) == sent.position
        assert self.everything() == before

    @rule(data=st.data())
    def another_body_under_the_same_key_is_refused(self, data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(self.sent))
        other = data.draw(st.sampled_from(self.sent))
        circumstances = {"key": sent.by.key, "origin": sent.by.origin, "at": instant(self.world.now), "expects": None}
        by = replace(other.by, **circumstances)
        if sent != other and (sent.command, sent.args, sent.facts) != (other.command, other.args, other.facts):
            self.refused(KeyUsedDifferently, lambda: other.command(self.store, *other.args, **other.facts, by=by))

    @precondition(has_appointments)
    @rule(data=st.data(), seen=st.sampled_from([-1, 1]), deed=st.integers(0, 5))
    def who_saw_another_version_changes_nothing(self, data: st.DataObject, seen: int, deed: int) -> None:
        promise = self.some(data)
        by = self.by().expecting(promise.id, promise.version + seen)
        deeds: list[Callable[..., Any]] = [
            lambda: booking.edit_appointment(self.store, promise.id, price_cents=1, by=by),
            lambda: booking.move_appointment(self.store, promise.id, instant(promise.wish.start), by=by),
            lambda: booking.cancel_appointment(self.store, promise.id, by=by),
            lambda: booking.restore_appointment(self.store, promise.id, by=by),
            lambda: booking.approve_appointment(self.store, promise.id, by=by),
            lambda: booking.mark_arrived(self.store, promise.id, by=by),
        ]
        self.refused(VersionChanged, deeds[deed])

    # What is always so

    @invariant()
    def the_ledger_holds_what_stands(self) -> None:
        query = """
            SELECT stream_id, resource_id, min(starts_at), max(ends_at), max(before_minutes), max(after_minutes),
                max(capacity), seat = 0 FROM claims
            WHERE expires_at IS NULL OR expires_at > %s GROUP BY stream_id, resource_id, seat = 0"""
        held = {tuple(row) for row in self.house.rows(query, instant(self.world.now))}
        assert held == {
            (row.id, resource, instant(row.start), instant(row.end), *row[3:])
            for resource in (*self.world.people, self.world.room)
            for row in self.world.rows(resource)
        }

    @invariant()
    def no_minute_is_over_full_but_where_the_rule_was_set_aside(self) -> None:
        aside = {id for id, each in self.world.promises.items() if "taken" in each.aside}
        minutes: dict[tuple[UUID, int], list[tuple[UUID, int, int]]] = defaultdict(list)
        for held, resource, seat in self.claims():
            for each in range(held.start, held.end):
                minutes[resource, each].append((held.id, held.capacity, seat))
        for here in minutes.values():
            assert len({seat for _, _, seat in here}) == len({id for id, _, _ in here}) == len(here)
            ordinary = [capacity for id, capacity, _ in here if id not in aside]
            assert len(ordinary) <= min(ordinary, default=0)
            assert len(here) == len(ordinary) or aside

    @invariant()
    def nobodys_buffer_is_used_by_another(self) -> None:
        by_resource: dict[UUID, list[Held]] = defaultdict(list)
        for held, resource, _ in self.claims():
            if not {"buffer", "taken"} & set(self.world.promises[held.id].aside):
                by_resource[resource].append(held)
        for rows in by_resource.values():
            for one, other in combinations(rows, 2):
                wish = Wish(Kind(one.id, one.end - one.start, 1, before=one.before, after=one.after), one.id, one.start)
                assert one.id == other.id or not meets_buffer(other, wish)

    def claims(self) -> list[tuple[Held, UUID, int]]:
        """The visits that the ledger holds now, with their resource and seat."""
        query = """
            SELECT stream_id, extract(epoch FROM starts_at)::int / 60, extract(epoch FROM ends_at)::int / 60,
                before_minutes, after_minutes, capacity, resource_id, seat FROM claims
            WHERE seat > 0 AND (expires_at IS NULL OR expires_at > %s)"""
        return [(Held(*row[:6]), *row[6:]) for row in self.house.rows(query, instant(self.world.now))]

    @invariant()
    def streams_replayed_are_what_the_model_says(self) -> None:
        with self.store.reading(self.house.id) as db:
            told = streams(db, self.world.promises, None)
        for id, promise in self.world.promises.items():
            found = (Hold if is_hold(promise) else Appointment).replay(id, told[id])
            status = ("over" if found.is_over else "held") if is_hold(promise) else found.status
            assert (status, found.version) == (promise.status, promise.version)
            assert place_of(found) == (instant(promise.wish.start), instant(promise.wish.end), promise.wish.kind.id)
            assert used(found) == self.world.serving(promise.wish)
            if not is_hold(promise):
                assert (found.price_cents, found.client_id) == (promise.price, promise.client_id)
                assert found.expires_at == (promise.expires and instant(promise.expires))
                assert found.terms.notice_minutes == promise.notice

    def teardown(self) -> None:
        if self.is_as_told:
            self.new_events()
            self.each_command_told_its_events_once()
            self.the_agenda_is_what_the_streams_fold_into()

    def each_command_told_its_events_once(self) -> None:
        told = Counter(json.loads(state)["command"] for (state,) in self.house.rows("SELECT state FROM events"))
        assert {id: told[id] for id in self.told} == self.told
        assert {(name, by, via) for name, by, via in self.house.rows(INCOMPLETE)} == set()

    def the_agenda_is_what_the_streams_fold_into(self) -> None:
        self.house.read_on()
        query = """
            SELECT appointment_id, resource_id, shown_on, status, version, starts_at, ends_at, price_cents, client_id,
                expires_at FROM view_agenda"""
        assert {tuple(row) for row in self.house.rows(query)} == {
            line for each in self.world.promises.values() if not is_hold(each) for line in self.lines(each)
        }

    def lines(self, promise: Promise) -> list[tuple[Any, ...]]:
        wish, expires = promise.wish, promise.expires and instant(promise.expires)
        times = (day(wish.start), promise.status, promise.version, instant(wish.start), instant(wish.end))
        rest = (promise.price, promise.client_id, expires)
        return [(promise.id, resource, *times, *rest) for resource in self.world.serving(wish)]


MADE = {"booked": "AppointmentBooked", "requested": "AppointmentRequested", "proposed": "AppointmentProposed"}
ENDING = ((booking.expire_hold, "HoldExpired"), (booking.release_hold, "HoldReleased"))
# The command, the name of its event, the status it leads to, the statuses it is for.
DEEDS: dict[str, tuple[Any, str, str, tuple[str, ...]]] = {
    "approve": (booking.approve_appointment, "AppointmentApproved", "booked", ("requested",)),
    "confirm": (booking.confirm_appointment, "AppointmentConfirmed", "booked", ("proposed",)),
    "decline": (booking.decline_appointment, "AppointmentDeclined", "declined", WAITING),
    "expire": (booking.expire_appointment, "AppointmentExpired", "expired", WAITING),
    "arrive": (booking.mark_arrived, "ClientArrived", "arrived", ("booked",)),
    "complete": (booking.mark_completed, "AppointmentCompleted", "completed", ("booked", "arrived")),
    "miss": (booking.mark_missed, "AppointmentMissed", "missed", ("booked", "arrived")),
    "reopen": (booking.reopen_appointment, "AppointmentReopened", "booked", ("arrived", "completed", "missed")),
    "cancel": (booking.cancel_appointment, "AppointmentCancelled", "cancelled", (*WAITING, "booked", "arrived")),
}
INCOMPLETE = """
SELECT name, state::json->>'by', state::json->>'via' FROM events
WHERE coalesce(state::json->>'by', '') = '' OR coalesce(state::json->>'via', '') = ''
    OR coalesce(state::json->>'command', '') = '' OR coalesce(state::json->>'at', '') = ''"""


def is_named(who: int | None, by: Act, aside: Sequence[str]) -> bool:
    """Whether a refusal must name the very rules in the way: of several people it may speak of any."""
    return who is not None and not (aside and by.is_client)


def is_hold(promise: Promise) -> bool:
    return promise.status in ("held", "over")


def place_of(found: Appointment | Hold) -> tuple[Any, ...]:
    (segment,) = found.segments
    return segment.starts_at, segment.ends_at, segment.service_id


def used(found: Appointment | Hold) -> list[UUID]:
    return [use.resource_id for use in found.segments[0].uses]


def test_appointments_do_what_the_model_says(store: Store):
    Desk.store = store
    bounds = {"max_examples": 500, "stateful_step_count": 50} if IS_FULL else {}
    run_state_machine_as_test(
        Desk,
        settings=settings(
            **{"max_examples": 80, "stateful_step_count": 20} | bounds,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# What the machine has found, each told once more by itself.


def test_an_expired_request_holds_nothing_and_is_not_moved(house: House):
    id = house.book(at(10), status="requested")
    late = house.by(at=NOW + timedelta(hours=48))
    with pytest.raises(RequestExpired):
        booking.move_appointment(house.store, id, at(11), by=late)


def test_to_set_an_absence_aside_sets_no_buffer_aside(house: House):
    care = house.add_service(uuid4(), "Soin", 60, before_minutes=15)
    agenda.plan_absence(house.store, uuid4(), house.claire, at(9), at(10), by=house.by())
    with pytest.raises(BufferTooShort) as refused:
        house.book(at(10, 5), care, override=("absent", "taken"), reason="Urgence")
    assert refused.value.facts["rules"] == ["buffer"]
    house.book(at(10, 5), care, override=("buffer",), reason="Urgence")


def test_an_absence_does_not_hide_that_a_class_is_full(house: House):
    for _ in range(3):
        house.book(at(9), house.class_of_three)
    agenda.plan_absence(house.store, uuid4(), house.claire, at(9), at(10), by=house.by())
    with pytest.raises(TimeNotFree) as refused:
        house.book(at(9), house.class_of_three)
    assert refused.value.facts["rules"] == ["taken", "absent"]


def test_the_rule_noted_is_the_one_in_the_way_of_whoever_serves(house: House):
    house.book(at(9), resource=house.karim)
    agenda.plan_absence(house.store, uuid4(), house.claire, at(9), at(10), by=house.by())
    agenda.set_day_hours(house.store, house.claire, at(9).date(), [], by=house.by())
    id = uuid4()
    aside = {"override": ("absent", "taken"), "reason": "Urgence"}
    booking.book_appointment(house.store, id, None, at(9), [Wanted(house.massage)], **aside, by=house.by())
    ((name, override),) = house.rows("SELECT name, state::json->>'override' FROM events WHERE stream_id = %s", id)
    assert (name, json.loads(override)) == ("AppointmentBooked", ["taken"])


def test_a_room_that_is_always_there_has_no_grid(house: House):
    periods = [DatedPeriod("09:20", "12:00")]
    agenda.set_day_hours(house.store, house.claire, at(9).date(), periods, by=house.by())
    house.book(at(9, 20), house.check_up)
    with pytest.raises(TimeNotFree) as refused:
        house.book(at(9, 20), house.check_up, by=house.by(is_online=True))
    assert refused.value.facts["rules"] == ["taken"]


def test_who_changes_seats_under_way_has_buffers_at_the_two_ends_alone(house: House):
    workshop = house.add_service(uuid4(), "Atelier", 30, capacity=3)
    course = house.add_service(uuid4(), "Stage", 60, capacity=3, before_minutes=10)
    first, second, _ = (house.book(at(9, 30), workshop) for _ in range(3))
    booking.cancel_appointment(house.store, first, by=house.by())
    house.book(at(10), workshop)
    moving = house.book(at(9, 30), course)
    seats = house.rows("SELECT seat, before_minutes FROM claims WHERE stream_id = %s ORDER BY starts_at", moving)
    assert seats == [(1, 10), (2, 0)]
    booking.cancel_appointment(house.store, second, by=house.by())
    assert house.book(at(9, 30), workshop)


def test_who_changes_seats_under_way_is_in_the_way_as_one(house: House):
    aside = {"override": ("taken", "buffer"), "reason": "Urgence"}
    short = house.add_service(uuid4(), "Bref", 30)
    care = house.add_service(uuid4(), "Soin", 60, after_minutes=20)
    others = [house.book(start, short, **aside) for start in (at(9), at(9, 15), at(10))]
    moving = house.book(at(9, 30), care, **aside)
    assert house.rows("SELECT count(*) FROM claims WHERE stream_id = %s", moving) == [(2,)]
    for id in others:
        booking.cancel_appointment(house.store, id, by=house.by())
    with pytest.raises(TimeNotFree) as refused:
        house.book(at(8, 50), care, override=("outside_hours",), reason="Urgence")
    assert refused.value.facts["rules"] == ["taken"]
