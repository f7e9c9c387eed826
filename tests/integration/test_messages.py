"""Messages to clients: what is true when it leaves, once, and why one does not leave."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar

from accounts.commands import suspend_organisation
from agenda.wanted import Wanted
from booking.commands import (
    approve_appointment,
    cancel_appointment,
    confirm_appointment,
    decline_appointment,
    expire_appointment,
    move_appointment,
    restore_appointment,
)
from booking.series.commands import plan_series
from booking.series.rule import Rule
from carnet.wiring import JOBS
from clients.commands import edit_client
from kernel.jobs import Worker
from notifications.messages.commands import note_message_sent, resend_message, withhold_message
from notifications.messages.correspondence import ClientWithoutEmail, MessageNotWaiting, MessageOfNoUse
from projections import desk as desk_view
from projections.messages import of_appointment
from tests.postbox import Postbox, html, link_in, open_postbox, plain
from tests.story import PARIS, House

KEY = "a secret of the tests, long enough to be one"


class Desk:
    """A house with a mail server and a client. What was done a minute ago and more has left by now."""

    def __init__(self, house: House, box: Postbox):
        self.house, self.box, self.store = house, box, house.store
        self.worker = Worker(house.store, JOBS)
        self.now = datetime.now(UTC).replace(second=0, microsecond=0)
        self.client = house.client(email="emilie@exemple.fr")
        self.aside = {"override": ("outside_hours",), "reason": "pour voir"}

    def ago(self, **before: float) -> Any:
        return self.house.by(at=self.now - timedelta(**before))

    def at(self, hour: int, days: int = 7) -> datetime:
        on = self.now.astimezone(PARIS) + timedelta(days=days)
        return on.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)

    def book(self, at: datetime | None = None, **facts: Any) -> UUID:
        facts = {"client_id": self.client, "by": self.ago(minutes=30)} | self.aside | facts
        return self.house.book(at or self.at(10), **facts)

    def move(self, id: UUID, hour: int, by: Any, **facts: Any) -> None:
        move_appointment(self.store, id, self.at(hour), **self.aside, by=by, **facts)

    def plan(self) -> None:
        """Reads on and works out what is due, and sends nothing yet."""
        self.house.read_on()
        self.do("plan_messages/%")
        self.house.read_on()

    def work(self) -> None:
        self.plan()
        self.do("send_message/%")
        self.house.read_on()

    def do(self, keys: str) -> None:
        query = "SELECT key FROM jobs WHERE organisation_id = %s AND key LIKE %s AND done_at IS NULL ORDER BY key"
        with self.store.database.everywhere() as db:
            found = [key for (key,) in db.execute(query, (self.house.id, keys))]
        for key in found:
            self.worker.do(str(self.house.id), key)

    def kinds(self, id: UUID) -> list[tuple[str, str, str]]:
        return [(each.kind, each.state, each.why) for each in of_appointment(self.store, self.house.id, id)]

    def news(self, id: UUID) -> list[tuple[str, str, str]]:
        return [each for each in self.kinds(id) if each[0] != "reminder"]

    def subjects(self) -> list[str]:
        return [str(letter["Subject"]).partition("\u202f:")[0] for letter in self.box.letters]


@pytest.fixture
def desk(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_postbox() as (box, url):
        facts = {"HOME": str(tmp_path), "PUBLIC_URL": "https://agenda.exemple.fr", "SECRET_KEY": KEY, "SMTP_URL": url}
        for name, value in facts.items():
            monkeypatch.setenv(f"CARNET_{name}", value)
        yield Desk(house, box)


def test_a_client_reads_when_where_with_whom_and_what(desk: Desk):
    id = desk.book(client_note="Mal au dos\nhttp://piege.exemple", note="Pour nous", price_cents=6250)
    desk.work()
    letter = desk.box.latest()
    words = plain(letter)
    assert letter["To"] == "Émilie Rousseau <emilie@exemple.fr>"
    assert str(letter["Subject"]).startswith("Rendez-vous confirmé")
    for part in ("10:00 – 11:00", "Massage", "Claire Moreau", "Les Tilleuls", "62,50", "Mal au dos"):
        assert part in words, part
    assert "Pour nous" not in words
    assert "http://piege" not in words
    assert desk.news(id) == [("booked", "sent", "")]


def test_the_appointment_comes_along_for_the_clients_calendar(desk: Desk):
    id = desk.book()
    desk.work()
    desk.move(id, 15, by=desk.ago(minutes=5))
    desk.work()
    first, second = (entry_in(letter) for letter in desk.box.letters)
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]
    assert second["dtstart"].dt == desk.at(15)


def entry_in(letter: Any) -> Any:
    attached = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(attached.get_content()).walk("VEVENT")[0]


def test_news_waits_as_long_as_it_can_be_undone(desk: Desk):
    id = desk.book(by=desk.house.by(at=datetime.now(UTC)))
    desk.work()
    assert desk.box.letters == []
    assert desk.news(id) == [("booked", "to_send", "")]


def test_what_is_undone_in_time_is_never_told(desk: Desk):
    id = desk.book()
    desk.plan()
    cancel_appointment(desk.store, id, by=desk.ago(minutes=29, seconds=55))
    desk.work()
    assert desk.box.letters == []
    assert desk.news(id) == [("booked", "skipped", "undone")]


def test_there_and_back_again_is_no_news(desk: Desk):
    id = desk.book()
    desk.work()
    desk.move(id, 15, by=desk.ago(minutes=10))
    desk.plan()
    desk.move(id, 10, by=desk.ago(minutes=9, seconds=55))
    desk.work()
    assert desk.subjects() == ["Rendez-vous confirmé"]
    assert desk.news(id) == [("booked", "sent", ""), ("moved", "skipped", "undone")]


def test_whoever_knew_another_time_reads_both(desk: Desk):
    id = desk.book()
    desk.work()
    desk.move(id, 15, by=desk.ago(minutes=10))
    desk.move(id, 16, by=desk.ago(minutes=9))
    desk.work()
    words = plain(desk.box.latest())
    assert desk.subjects() == ["Rendez-vous confirmé", "Rendez-vous déplacé"]
    assert "16:00 – 17:00" in words
    assert "10:00 – 11:00" in words
    assert "15:00" not in words
    assert id


def test_whoever_was_told_nothing_yet_reads_how_things_are(desk: Desk):
    id = desk.book()
    desk.move(id, 15, by=desk.ago(minutes=29))
    desk.work()
    assert desk.subjects() == ["Rendez-vous confirmé"]
    assert "15:00 – 16:00" in plain(desk.box.latest())


def test_an_end_and_its_undoing_are_told_to_whoever_knew(desk: Desk):
    id = desk.book()
    desk.work()
    cancel_appointment(desk.store, id, by=desk.ago(minutes=20))
    desk.work()
    restore_appointment(desk.store, id, **desk.aside, by=desk.ago(minutes=10))
    desk.work()
    assert desk.subjects() == ["Rendez-vous confirmé", "Rendez-vous annulé", "Rendez-vous rétabli"]
    assert [entry_in(letter)["status"] for letter in desk.box.letters] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]


def test_a_request_is_received_and_then_answered(desk: Desk):
    yes, no, late = (desk.book(desk.at(hour), status="requested") for hour in (9, 10, 11))
    desk.work()
    approve_appointment(desk.store, yes, by=desk.ago(minutes=20))
    decline_appointment(desk.store, no, by=desk.ago(minutes=20))
    expire_appointment(desk.store, late, by=desk.house.by(at=desk.now + timedelta(days=3), origin="policy"))
    desk.work()
    assert desk.news(yes) == [("received", "sent", ""), ("booked", "sent", "")]
    assert desk.news(no) == [("received", "sent", ""), ("declined", "sent", "")]
    assert desk.news(late) == [("received", "sent", ""), ("expired", "to_send", "")]


def test_a_proposal_carries_its_link_and_a_yes_is_confirmed(desk: Desk):
    id = desk.book(status="proposed")
    desk.work()
    assert link_in(desk.box.latest()).startswith("https://agenda.exemple.fr/answer/")
    assert "Répondre" in html(desk.box.latest())
    confirm_appointment(desk.store, id, by=desk.ago(minutes=20))
    desk.work()
    assert desk.news(id) == [("proposed", "sent", ""), ("booked", "sent", "")]


def test_nothing_is_sent_where_somebody_wished_so(desk: Desk):
    id = desk.book(tells_client=False)
    desk.work()
    assert desk.box.letters == []
    assert desk.news(id) == [("booked", "skipped", "not_wanted")]
    desk.move(id, 15, by=desk.ago(minutes=10))
    desk.work()
    assert desk.subjects() == ["Rendez-vous déplacé"]
    assert "10:00 – 11:00" in plain(desk.box.latest())


def test_what_was_done_without_a_word_and_taken_back_stays_untold(desk: Desk):
    id = desk.book(tells_client=False)
    cancel_appointment(desk.store, id, by=desk.ago(minutes=29, seconds=55))
    desk.work()
    assert desk.box.letters == []


def test_a_message_that_waits_is_held_back_and_its_undoing_tells_nothing(desk: Desk):
    id = desk.book()
    desk.work()
    at = datetime.now(UTC)
    cancel_appointment(desk.store, id, by=desk.house.by(at=at))
    withhold_message(desk.store, id, by=desk.house.by(at=at))
    restore_appointment(desk.store, id, **desk.aside, by=desk.house.by(at=at + timedelta(seconds=3)))
    desk.work()
    assert desk.news(id) == [("booked", "sent", ""), ("cancelled", "skipped", "withheld")]
    with pytest.raises(MessageNotWaiting):
        withhold_message(desk.store, id, by=desk.house.by(at=at))


def test_a_message_that_is_leaving_is_not_held_back(desk: Desk):
    id = desk.book()
    with pytest.raises(MessageNotWaiting):
        withhold_message(desk.store, id, by=desk.ago(minutes=1))


def test_a_reminder_comes_a_day_before_on_the_clocks_of_the_house(desk: Desk):
    soon = desk.book(desk.at(10, days=1) - timedelta(hours=2), by=desk.ago(days=3))
    id = desk.book(by=desk.ago(days=3))
    desk.work()
    assert ("reminder", "to_send", "") in desk.kinds(id)
    due_at = next(each.due_at for each in of_appointment(desk.store, desk.house.id, id) if each.rule)
    assert due_at.astimezone(PARIS).replace(tzinfo=None) == desk.at(10, days=6).astimezone(PARIS).replace(tzinfo=None)
    expected = "sent" if desk.at(8, days=1) - timedelta(days=1) <= datetime.now(UTC) else "to_send"
    assert ("reminder", expected, "") in desk.kinds(soon)


def test_a_reminder_leaves_once_and_follows_the_appointment(desk: Desk):
    start = desk.now + timedelta(hours=20)
    id = desk.book(start, by=desk.ago(days=3), tells_client=False)
    desk.work()
    desk.work()
    assert desk.subjects() == ["Rappel de votre rendez-vous"]
    move_appointment(desk.store, id, desk.at(10), **desk.aside, tells_client=False, by=desk.ago(minutes=10))
    desk.work()
    assert [each for each in desk.kinds(id) if each[0] == "reminder"] == [
        ("reminder", "sent", ""),
        ("reminder", "to_send", ""),
    ]
    cancel_appointment(desk.store, id, tells_client=False, by=desk.ago(minutes=5))
    desk.work()
    assert ("reminder", "skipped", "not_live") in desk.kinds(id)
    restore_appointment(desk.store, id, **desk.aside, by=desk.ago(minutes=1))
    desk.work()
    assert ("reminder", "to_send", "") in desk.kinds(id)


def test_why_a_reminder_does_not_leave_is_known_before(desk: Desk):
    late = desk.book(desk.now + timedelta(hours=5))
    desk.work()
    assert ("reminder", "skipped", "booked_too_late") in desk.kinds(late)


def test_who_has_no_address_is_not_written_to_and_may_have_one_later(desk: Desk):
    desk.client = desk.house.client("Jean", "Petit")
    start = desk.now + timedelta(hours=23)
    id = desk.book(start, by=desk.ago(minutes=90))
    desk.plan()
    assert desk.news(id) == [("booked", "skipped", "no_email")]
    edit_client(desk.store, desk.client, {"last_name": "Petit", "email": "jean@exemple.fr"}, by=desk.house.by())
    desk.work()
    assert desk.kinds(id) == [("booked", "skipped", "no_email"), ("reminder", "sent", "")]
    assert desk.subjects() == ["Rappel de votre rendez-vous"]


def test_nobody_is_written_to_about_the_past_or_an_import(desk: Desk):
    past = desk.book(desk.now - timedelta(hours=2), by=desk.ago(minutes=2))
    brought = desk.book(by=desk.house.by(at=desk.now, origin="import", actor="import/1"))
    desk.work()
    assert desk.kinds(past) == desk.kinds(brought) == []


def test_a_house_that_stands_still_writes_to_nobody(desk: Desk):
    id = desk.book()
    suspend_organisation(desk.store, reason="impayé", by=desk.house.by())
    desk.work()
    assert desk.news(id) == [("booked", "skipped", "house_stands_still")]


def test_what_the_mail_server_refuses_has_failed_and_is_sent_again_on_demand(desk: Desk):
    id = desk.book()
    desk.box.answers_to_recipients.append("550 5.1.1 no such box: emilie@exemple.fr")
    desk.work()
    assert desk.news(id) == [("booked", "failed", "refused 550 5.1.1")]
    assert mark(desk, id) == "failed"
    resend_message(desk.store, id, uuid4(), by=desk.house.by(at=datetime.now(UTC)))
    desk.work()
    assert desk.news(id) == [("booked", "failed", "refused 550 5.1.1"), ("booked", "sent", "")]
    assert mark(desk, id) == "to_send"


def mark(desk: Desk, id: UUID) -> str:
    return desk_view.appointment(desk.store, desk.house.id, id).lines[0].mark


def test_sending_again_is_refused_where_it_helps_nobody(desk: Desk):
    id, past = desk.book(), desk.book(desk.now - timedelta(hours=2))
    with pytest.raises(MessageOfNoUse):
        resend_message(desk.store, past, uuid4(), by=desk.house.by(at=desk.now))
    cancel_appointment(desk.store, id, by=desk.ago(minutes=5))
    with pytest.raises(MessageOfNoUse):
        resend_message(desk.store, id, uuid4(), rule="day-before", by=desk.house.by(at=desk.now))
    desk.client = desk.house.client("Jean", "Petit")
    other = desk.book(desk.at(14))
    with pytest.raises(ClientWithoutEmail):
        resend_message(desk.store, other, uuid4(), by=desk.house.by(at=desk.now))


def test_one_that_was_put_off_by_the_server_comes_again_and_blocks_no_other(desk: Desk):
    first, second = desk.book(), desk.book(desk.at(14))
    desk.box.answers.append("451 4.7.1 later")
    desk.work()
    states = sorted(desk.news(id)[0][1] for id in (first, second))
    assert states == ["sent", "to_send"]
    desk.work()
    assert [desk.news(id)[0][1] for id in (first, second)] == ["sent", "sent"]
    assert len(desk.box.letters) == 2


def test_a_worker_that_dies_after_sending_sends_nothing_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    id = desk.book()

    def die(*_: Any, **__: Any) -> None:
        raise SystemError

    monkeypatch.setattr("notifications.messages.policies.note_message_sent", die)
    desk.work()
    assert desk.news(id) == [("booked", "to_send", "")]
    monkeypatch.setattr("notifications.messages.policies.note_message_sent", note_message_sent)
    desk.work()
    assert desk.news(id) == [("booked", "sent", "")]
    assert len(desk.box.letters) == 1


def test_a_series_tells_no_client_of_each_date_and_reminds_of_each(desk: Desk):
    first_on = (desk.at(10)).date()
    rule, wanted = Rule(unit="week", count=3), [Wanted(desk.house.massage, (desk.house.claire,))]
    while first_on.weekday() > 4:
        first_on += timedelta(days=1)
    plan_series(desk.store, uuid4(), desk.client, first_on, "10:00", rule, wanted, by=desk.ago(minutes=5))
    desk.work()
    assert desk.box.letters == []
    lines = desk.house.rows("SELECT kind, state, why FROM view_messages ORDER BY kind, starts_at")
    assert lines == [("booked", "skipped", "of_series")] * 3 + [("reminder", "to_send", "")] * 3


def test_no_words_of_people_stand_in_what_is_kept_of_a_message(desk: Desk):
    desk.book(client_note="Mal au dos")
    desk.work()
    for query in ("SELECT l::text FROM letters l", "SELECT m::text FROM view_messages m"):
        for (row,) in desk.house.rows(query):
            assert not {"emilie", "milie", "dos", "Massage"} & set(row.replace("@", " ").split()), row
            assert "exemple.fr" not in row


def test_those_who_may_approve_are_told_that_a_request_waits(desk: Desk):
    house = desk.house
    sonia = f"{uuid4()}@exemple.fr"
    house.hire("secretary", sonia)
    house.hire("practitioner", f"{uuid4()}@exemple.fr", "Karim Benali")
    house.hire("viewer", f"{uuid4()}@exemple.fr", "Paul Mercier")
    facts = {"actor": "api/1", "origin": "api", "at": desk.now - timedelta(minutes=2)}
    desk.book(status="requested", by=house.by(**facts))
    answered = desk.book(desk.at(14), status="requested", by=house.by(**facts))
    approve_appointment(desk.store, answered, by=desk.ago(minutes=1))
    desk.house.read_on()
    desk.do("tell_approvers/%")
    desk.do("letter/request-waits/%")
    assert [envelope.rcpt_tos for envelope in desk.box.envelopes] == [[sonia]]
    letter = desk.box.latest()
    assert str(letter["Subject"]) == "Une demande de rendez-vous attend votre réponse"
    assert "Émilie Rousseau" in plain(letter)
    assert "https://agenda.exemple.fr/requests" in plain(letter)


def test_who_asks_for_an_approval_at_the_desk_is_not_told_of_it(desk: Desk):
    desk.house.hire("secretary", f"{uuid4()}@exemple.fr")
    desk.book(status="requested")
    desk.house.read_on()
    desk.do("tell_approvers/%")
    desk.do("letter/request-waits/%")
    assert desk.box.letters == []
