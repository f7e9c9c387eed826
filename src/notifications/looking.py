"""Each letter at the moment it is to go: whether it still helps anybody, who gets it, and what it tells."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from psycopg import Connection

from accounts import queries as accounts
from accounts.member import Member
from accounts.people import links
from accounts.sealing import seal
from accounts.team.ending import COUNTED
from accounts.team.queries import invitation
from kernel.store import found_in, listed
from kernel.texts import words_of
from notifications.addressees import person
from notifications.asked import Asked
from notifications.letter import Addressee, Letter
from notifications.messages.approvers import NAME as REQUEST_WAITS
from notifications.messages.approvers import about_request
from notifications.messages.looking import KINDS as MESSAGES
from notifications.messages.looking import about_appointment
from notifications.outcomes import NotNeeded
from notifications.words import language_of, sentence

# After that a notice is no news any more.
NEWS_FOR = timedelta(days=3)
JOIN = "/join/"
SESSION = "SELECT browser, address FROM sessions WHERE id = %s"
OLD_WORDS = "SELECT name, email, language FROM people WHERE version = %s"
BEFORE = "SELECT name FROM events WHERE stream_id = %s AND version = %s"
NAME_OF = "SELECT name FROM members WHERE id = %s AND is_current"
SINCE = "SELECT 1 FROM events WHERE stream_id = %s AND version > %s AND name = ANY(%s) LIMIT 1"
# What happened since that makes the news old.
NEWER = {
    "support-access": (),
    "addresses-changed": (),
    "gifts-ended": (),
    "webhook-stopped": ("WebhookChanged", "WebhookEnded"),
    "organisation-suspended": ("OrganisationResumed",),
    "organisation-closed": ("OrganisationReopened",),
    "trial-ends": ("TrialStarted", "PlanChosen", "OrganisationClosed"),
}
ENDS = {"support-access": "until", "organisation-closed": "kept_until", "trial-ends": "ends_at"}


def look(asked: Asked) -> Letter:
    """The letter as it is to be sent now; raises NotNeeded with the reason when it is not."""
    of_link = asked.name in links.PATHS
    if not of_link and asked.name != "invitation" and asked.now > asked.instant("at") + NEWS_FOR:
        raise NotNeeded("too_late")
    return LOOKS.get(asked.name, about_account)(asked)


def about_link(asked: Asked) -> Letter:
    person_id, id = asked.organisation_id, asked.id("link_id")
    link = links.look(asked.store, person_id, id, asked.name, asked.now)
    if link is None:
        raise NotNeeded("link_over")
    to = person(asked.store, person_id)
    url = links.address(asked.settings.public_url, asked.settings.secret_key, asked.name, person_id, id)
    return Letter(name=asked.name, to=replace(to, email=link.email), link=url, until=link.expires_at)


def about_account(asked: Asked, **told: str | datetime) -> Letter:
    to = person(asked.store, asked.organisation_id)
    return Letter(name=asked.name, to=to, told={"at": asked.instant("at")} | told, link=asked.page)


def about_device(asked: Asked) -> Letter:
    """The session's row may be gone by now; the news is not."""
    with asked.store.reading(asked.organisation_id) as db:
        row = db.execute(SESSION, (asked.id("session_id"),)).fetchone()
    told = dict(zip(("browser", "address"), row, strict=True)) if row else {}
    return about_account(asked, **{name: words for name, words in told.items() if words})


def about_passkey(asked: Asked) -> Letter:
    with asked.store.reading(asked.organisation_id) as db:
        known = words_of(db, [asked.id("name_id")] if asked.about["name_id"] else [])
    names = [words for words in known.values() if words]
    return about_account(asked, **dict(zip(("passkey",), names, strict=False)))


def about_codes(asked: Asked) -> Letter:
    """The codes that come with a second factor are part of that news."""
    with asked.store.reading(asked.organisation_id) as db:
        row = db.execute(BEFORE, (asked.organisation_id, int(asked.about["version"]) - 1)).fetchone()
    if row and row[0] == "SecondFactorTurnedOn":
        raise NotNeeded("said_by_another")
    return about_account(asked)


def about_email(asked: Asked) -> Letter:
    """To the address that was left: whoever took the account over reads only the new one."""
    now = person(asked.store, asked.organisation_id)
    with asked.store.reading(asked.organisation_id) as db:
        row = db.execute(OLD_WORDS, (int(asked.about["words_version"]) - 1,)).fetchone()
    if row is None or not row[1]:
        raise NotNeeded("person_gone")
    to = replace(now, name=row[0] or "", email=row[1], language=row[2])
    return Letter(name=asked.name, to=to, told={"at": asked.instant("at"), "new_email": now.email})


def about_invitation(asked: Asked) -> Letter:
    owner, id = asked.organisation_id, asked.id("invitation_id")
    card = invitation(asked.store, owner, id, asked.now)
    if card is None or card.over or not card.email:
        raise NotNeeded("link_over")
    with asked.store.reading(owner) as db:
        house = accounts.organisation(db)
        by = name_of(db, asked.about["by"])
    sealed = seal(asked.settings.secret_key, "join", owner, id)
    return Letter(
        name=asked.name,
        to=Addressee(name="", email=card.email, language=house.language, zone=house.zone),
        told=role_in(house.language, card.role) | ({"invited_by": by} if by else {}),
        link=f"{asked.settings.public_url}{JOIN}{sealed}",
        until=card.expires_at,
        house=house.name,
    )


def about_member(asked: Asked) -> Letter:
    """What one member should know; those who are no people yet have no letter box."""
    with asked.store.reading(asked.organisation_id) as db:
        house = accounts.organisation(db)
        member = found_in(db, Member, asked.id("member_id"))
    if member is None or member.person_id is None or member.has_left is (asked.name == "role-changed"):
        raise NotNeeded("person_gone")
    to = person(asked.store, member.person_id)
    told = role_in(to.language, member.role) if asked.name == "role-changed" else {}
    return Letter(name=asked.name, to=to, told={"at": asked.instant("at")} | told, house=house.name)


def about_house(asked: Asked) -> Letter:
    """What one owner should know."""
    reason_id = asked.about.get("reason_id")
    with asked.store.reading(asked.organisation_id) as db:
        house = accounts.organisation(db)
        must_still_concern(db, asked)
        reason = words_of(db, [UUID(reason_id)]).get(UUID(reason_id), "") if reason_id else ""
    to = person(asked.store, asked.id("person_id"))
    told: dict[str, str | datetime] = {"at": asked.instant("at")} if asked.name != "trial-ends" else {}
    told |= {ENDS[asked.name]: asked.instant("until")} if asked.name in ENDS else {}
    told |= {"reason": reason} if reason else {}
    return Letter(name=asked.name, to=to, told=told, link=asked.page, house=house.name)


def about_gifts(asked: Asked) -> Letter:
    """What ended with somebody's rights, and whose they were."""
    letter = about_house(asked)
    with asked.store.reading(asked.organisation_id) as db:
        member = name_of(db, f"staff/{asked.about['member_id']}")
    counts = {name: asked.about[name] for name in COUNTED if asked.about[name] != "0"}
    return replace(letter, told=letter.told | {"member": member} | counts)


def must_still_concern(db: Connection, asked: Asked) -> None:
    if asked.id("person_id") not in owners(db):
        raise NotNeeded("owner_no_more")
    since = (asked.id("stream_id"), int(asked.about["version"]), list(NEWER[asked.name]))
    if db.execute(SINCE, since).fetchone():
        raise NotNeeded("overtaken")


def owners(db: Connection) -> list[UUID]:
    """The people who own the organisation of this connection now."""
    found = [one for one in listed(db, Member) if one.role == "owner" and not one.has_left]
    return [one.person_id for one in found if one.person_id]


def name_of(db: Connection, actor: str) -> str:
    """The member behind an actor, if it is one."""
    role, _, id = actor.partition("/")
    row = db.execute(NAME_OF, (UUID(id),)).fetchone() if role == "staff" else None
    return row[0] or "" if row else ""


def role_in(language: str, role: str) -> dict[str, str | datetime]:
    words = sentence(language_of(language), f"role.{role}", {})
    return {"role": words} if words else {}


LOOKS: dict[str, Callable[[Asked], Letter]] = {
    **dict.fromkeys(links.PATHS, about_link),
    "new-device": about_device,
    "passkey-added": about_passkey,
    "recovery-codes": about_codes,
    "email-changed": about_email,
    "invitation": about_invitation,
    **dict.fromkeys(("role-changed", "member-left"), about_member),
    **dict.fromkeys(NEWER, about_house),
    "gifts-ended": about_gifts,
    REQUEST_WAITS: about_request,
    **dict.fromkeys((f"appointment-{kind}" for kind in MESSAGES), about_appointment),
}
