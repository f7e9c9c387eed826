"""What can be asked of messages: to plan what is due, to note what became of one, to hold one back, to send again."""

from uuid import UUID, uuid5

from kernel.actors import Act
from kernel.store import Log, command
from notifications.messages.correspondence import (
    ClientWithoutEmail,
    Correspondence,
    MessageNotWaiting,
    MessageOfNoUse,
    id_for,
)
from notifications.messages.matter import Matter, matter_of
from notifications.messages.news import news, present_kind, silence
from notifications.messages.rules import HOLD, RULES, Rule


@command("messages.plan")
def plan_messages(log: Log, appointment_id: UUID, *, by: Act) -> None:
    """Brings what waits to be sent in line with how the appointment stands; asked again it changes nothing more."""
    matter = matter_of(log.connection, appointment_id)
    if agree(matter, by):
        log.keep(matter.letters)


@command("messages.plan")
def note_message_sent(log: Log, appointment_id: UUID, message_id: UUID, appointment_version: int, *, by: Act) -> None:
    letters = log.get(Correspondence, id_for(appointment_id))
    letters.note_sent(message_id, appointment_version, by)
    log.keep(letters)


@command("messages.plan")
def note_message_not_sent(log: Log, appointment_id: UUID, message_id: UUID, why: str, *, by: Act) -> None:
    letters = log.get(Correspondence, id_for(appointment_id))
    letters.note_not_sent(message_id, why, by)
    log.keep(letters)


@command("agenda.write")
def withhold_message(log: Log, appointment_id: UUID, *, by: Act) -> None:
    """The news that waits for the end of the Undo delay is not sent; the client is taken to know it otherwise."""
    matter = matter_of(log.connection, appointment_id)
    by.must_reach(matter.letters.touches)
    agree(matter, by)
    waiting = matter.letters.news()
    if waiting is None or matter.letters.open[waiting].due_at <= by.at:
        raise MessageNotWaiting
    matter.letters.note_not_sent(waiting, "withheld", by)
    log.keep(matter.letters)


@command("agenda.write")
def resend_message(log: Log, appointment_id: UUID, message_id: UUID, *, rule: str = "", by: Act) -> None:
    """A new message, at once: the reminder of a rule, or how the appointment stands."""
    matter = matter_of(log.connection, appointment_id)
    by.must_reach(matter.letters.touches)
    known = next((each for each in RULES if each.name == rule), None)
    must_be_of_use(matter, rule, known, by)
    if not matter.client.email:
        raise ClientWithoutEmail
    kind = known.kind if known else present_kind(matter.now)
    matter.letters.plan(message_id, by, **matter.facts(kind=kind, rule=rule, due_at=by.at, is_manual=True))
    log.keep(matter.letters)


def must_be_of_use(matter: Matter, rule: str, known: Rule | None, by: Act) -> None:
    fits = matter.now.status == "booked" if known else not rule
    if matter.client is None or matter.now.starts_at <= by.at or not fits:
        raise MessageOfNoUse


def agree(matter: Matter, by: Act) -> bool:
    """Plans, puts off and ends messages; whether anything is to be kept. Nobody is written to about the past."""
    if matter.client is None or matter.now.starts_at <= by.at:
        return False
    agree_on_news(matter, by)
    for rule in RULES:
        agree_on_reminder(matter, rule, by)
    return bool(matter.letters.pending)


def agree_on_news(matter: Matter, by: Act) -> None:
    letters = matter.letters
    due, waiting = news(matter.events, letters.told_version, letters.sent_version), letters.news()
    if due is None:
        end_news(matter, waiting, by)
    elif due.version > letters.settled_version and not is_planned(letters, waiting, due.version, due.kind):
        id = waiting or uuid5(letters.id, f"news/{due.version}")
        letters.plan(id, by, **matter.facts(kind=due.kind, appointment_version=due.version, due_at=due.at + HOLD))
        if not matter.client.email:
            letters.note_not_sent(id, "no_email", by)


def is_planned(letters: Correspondence, waiting: UUID | None, version: int, kind: str) -> bool:
    known = letters.open.get(waiting) if waiting else None
    return known is not None and (known.appointment_version, known.kind) == (version, kind)


def end_news(matter: Matter, waiting: UUID | None, by: Act) -> None:
    """There is nothing to tell (any more); what nobody was to be told of is noted as such."""
    letters, kept_quiet = matter.letters, silence(matter.events, matter.letters.told_version)
    if waiting:
        letters.note_not_sent(waiting, "undone", by)
    elif kept_quiet and kept_quiet.version > letters.settled_version:
        id = uuid5(letters.id, f"news/{kept_quiet.version}")
        facts = {"kind": kept_quiet.kind, "appointment_version": kept_quiet.version, "due_at": by.at}
        letters.plan(id, by, **matter.facts(**facts))
        letters.note_not_sent(id, "of_series" if matter.now.series_id else "not_wanted", by)


def agree_on_reminder(matter: Matter, rule: Rule, by: Act) -> None:
    letters, waiting = matter.letters, matter.letters.reminder(rule.name)
    if matter.now.status != "booked":
        if waiting:
            letters.note_not_sent(waiting, "not_live", by)
        return
    starts_at, settled = matter.now.starts_at, letters.reminded.get(rule.name)
    planned_for = letters.open[waiting].starts_at if waiting else settled
    if planned_for != starts_at:
        plan_reminder(matter, rule, waiting, by)


def plan_reminder(matter: Matter, rule: Rule, waiting: UUID | None, by: Act) -> None:
    letters, due_at = matter.letters, rule.due_at(matter.now.starts_at, matter.now.zone)
    id = waiting or uuid5(letters.id, f"{rule.name}/{matter.now.version}")
    facts = {"kind": rule.kind, "rule": rule.name, "channel": rule.channel, "due_at": due_at}
    letters.plan(id, by, **matter.facts(**facts))
    if due_at <= matter.agreed_at:
        letters.note_not_sent(id, "booked_too_late", by)
