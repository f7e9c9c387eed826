"""A letter in words: one e-mail with a plain and a simple HTML part, from one address, to one person."""

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from kernel.settings import Settings
from notifications.letter import Addressee, Letter, Passage, WebAddress
from notifications.outcomes import NotDeliverable
from notifications.parcels import Parcel
from notifications.words import addressed, language_of, moment, name_in, sentence

# What every server takes; the rest of what the standards allow is quoted or in other scripts.
ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*", re.ASCII)

PAGE = re.compile(r"https://[\w.~:/?#\[\]@!$&'()*+,;=%-]{1,300}", re.ASCII)
MOST_OF_A_PASSAGE = 600


def parcel(letter: Letter, key: str, at: datetime, settings: Settings) -> Parcel:
    """The same key gives the same Message-ID, so that whoever receives it twice can see it."""
    message = EmailMessage(policy=SMTP)
    name = f"{at:%Y%m%dT%H%M%S}-{letter.name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    message["From"] = settings.mail_from
    own = message["From"].addresses[0]
    to = address(letter.to)
    words = pages(letter, settings.public_url)
    message["To"] = to
    message["Subject"] = words["title"]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@{own.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(template("letter.txt").render(words), cte="quoted-printable")
    message.add_alternative(template("letter.html").render(words), subtype="html", cte="quoted-printable")
    if letter.calendar:
        filed = {"subtype": "calendar", "filename": "rendez-vous.ics", "params": {"method": "PUBLISH"}}
        message.add_attachment(letter.calendar.decode(), charset="utf-8", **filed)
    # Filling a message takes away what it said about its content before.
    message["Content-Language"] = words["language"]
    return Parcel(name=name, sender=own.addr_spec, recipient=to.addr_spec, content=message.as_bytes())


def address(to: Addressee) -> Address:
    """The name encoded and on one line, the address in plain characters."""
    user, _, domain = to.email.rpartition("@")
    try:
        plain = f"{user}@{domain.encode('idna').decode()}"
    except ValueError:
        plain = ""
    if not ADDRESS.fullmatch(plain) or "=?" in plain:
        raise NotDeliverable("address_not_valid")
    return Address(addressed(to.name), addr_spec=plain)


def pages(letter: Letter, public_url: str) -> dict[str, Any]:
    """What the templates show."""
    language = language_of(letter.to.language)
    facts = {name: name_in(words) for name, words in (letter.facts | {"name": letter.to.name}).items()}
    facts |= {"email": letter.to.email, "house": name_in(letter.house), "public_url": public_url}
    if letter.until:
        facts["until"] = moment(letter.until, language, letter.zone)

    def say(key: str) -> str:
        return sentence(language, key, facts)

    return {
        "language": language,
        "title": say(f"{letter.name}.subject"),
        "hello": say("hello") if letter.to.name.strip() else say("hello.nobody"),
        "what": say(f"{letter.name}.what"),
        "told": [(say(f"told.{name}"), shown(value, language, letter)) for name, value in letter.told.items()],
        "button": say(f"{letter.name}.button"),
        "link": letter.link,
        "until": (say(f"{letter.name}.until") or say("until")) if letter.until else "",
        "colon": say("colon"),
        "copy": say("copy"),
        "unless": say(f"{letter.name}.unless"),
        "sender": say("sender.house") if letter.house else say("sender.account"),
        "no_answer": say("no_answer"),
    }


def shown(value: str | datetime, language: str, letter: Letter) -> str:
    match value:
        case datetime():
            return moment(value, language, letter.zone)
        case WebAddress() if PAGE.fullmatch(value):
            return value
        case Passage():
            return name_in(value, MOST_OF_A_PASSAGE)
    return name_in(value)


@cache
def template(name: str) -> Any:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    rooms = Environment(loader=loader, autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True)
    return rooms.get_template(name)
