"""What letters say: everything in both languages, set as it should be, and nothing of people's that acts."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product
from types import SimpleNamespace

import pytest

from accounts.rights import ROLES
from accounts.team.ending import COUNTED
from notifications.asked import PAGES
from notifications.letter import Addressee, Letter
from notifications.looking import ENDS, LOOKS, role_in
from notifications.words import LANGUAGES, catalogue, name_in
from notifications.writing import pages, parcel, template
from tests.data.markup import MUTATIONS

SETTINGS = SimpleNamespace(mail_from="Carnet <carnet@agenda.exemple.fr>", public_url="https://agenda.exemple.fr")
MOMENT = datetime(2026, 11, 22, 8, 42, tzinfo=UTC)
NAMES = sorted(set(LOOKS) | set(PAGES))
ASKING = ("sign-in", "reset", "confirm-email", "invitation", "appointment-proposed")
LINK = "https://agenda.exemple.fr/sign-in/link/secret"
# As in the catalogue of the pages: narrow no-break spaces, typographic apostrophes.
TOO_WIDE = re.compile(r"[^\u202f\s][:;?!»](?=\s|$)|«[^\u202f]| [:;?!»]|\w'\w")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def letter(name: str = "sign-in", language: str = "fr", **facts: object) -> Letter:
    to = Addressee(name="Sonia Marchetti", email="sonia@exemple.fr", language=language)
    told = {"at": MOMENT, "browser": "Firefox · Windows", "address": "203.0.113.7", "reason": "Un rappel"}
    about = {"facts": {"when": "mardi 24 novembre, 10:00"}, "house": "Les Tilleuls"}
    given = {"to": to, "told": told, "link": LINK, "until": MOMENT} | about | facts
    return Letter(name=name, **given)


@pytest.mark.parametrize(("name", "language"), list(product(NAMES, LANGUAGES)))
def test_every_letter_says_what_happened_and_what_to_do(name: str, language: str):
    words = pages(letter(name, language), SETTINGS.public_url)
    assert all(words[part] for part in ("title", "hello", "what", "unless", "sender", "no_answer"))
    assert bool(words["button"]) is (name in PAGES or name in ASKING)
    shown = template("letter.txt").render(words) + template("letter.html").render(words)
    assert "%" not in shown.replace("100%", "")
    assert "None" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_in_a_language_or_said_by_nobody(language: str):
    parts = ("subject", "what", "button", "unless", "until")
    of_letters = {f"{name}.{part}" for name, part in product(NAMES, parts)}
    names = ("at", "browser", "address", "new_email", "role", "invited_by", "reason", "passkey")
    names += ("when", "was", "services", "with", "where", "video", "price", "client_note", "client", "answer_until")
    names += ("member", *COUNTED)
    told = {f"told.{name}" for name in names}
    told |= {f"told.{name}" for name in ENDS.values()} | {f"role.{role}" for role in ROLES}
    said = {message.id for message in catalogue(language) if message.id}
    other = {message.id for message in catalogue("en" if language == "fr" else "fr") if message.id}
    whole = {"hello", "hello.nobody", "until", "copy", "colon", "sender.account", "sender.house", "no_answer"}
    assert said == other
    assert told | whole <= said
    assert said - of_letters - told == whole


def test_both_languages_fill_in_the_same():
    for message in filter(lambda message: message.id, catalogue("fr")):
        assert set(PLACEHOLDER.findall(message.string)) == set(
            PLACEHOLDER.findall(catalogue("en").get(message.id).string)
        )


def test_french_is_set_as_the_french_set_it():
    assert [message.id for message in catalogue("fr") if message.id and TOO_WIDE.search(message.string)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_has_its_word(language: str):
    assert all(role_in(language, role) for role in ROLES)


def test_times_are_on_the_clocks_of_the_house_which_are_named():
    to = Addressee(name="", email="a@exemple.fr", language="fr", zone="Indian/Reunion")
    assert "22 novembre 2026 à 12:42 (La Réunion)" in pages(letter(to=to), SETTINGS.public_url)["until"]
    assert "22 November 2026 at 09:42 (Paris)" in pages(letter(language="en"), SETTINGS.public_url)["until"]


def test_an_unknown_language_reads_french():
    assert pages(letter(language="tlh"), SETTINGS.public_url)["language"] == "fr"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Les Tilleuls", "Les Tilleuls"),
        ("Dr. Martin", "Dr. Martin"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("gagnez.exemple.org", "gagnez.\u2060exemple.\u2060org"),
        ("https://exemple.org/ici", "exemple.\u2060org/\u2060ici"),
        ("203.0.113.7", "203.0.113.7"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_a_name_is_no_link_and_no_second_line(written: str, shown: str):
    assert name_in(written) == shown


class Seen(HTMLParser):
    """The tags and the links of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[str] = []
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action")}


@pytest.mark.parametrize("attack", [*MUTATIONS, "{{ 7*7 }}", "%(name)s %s", "'\"><script>"])
def test_words_from_people_stay_words(attack: str):
    quiet = Seen(template("letter.html").render(pages(letter(), SETTINGS.public_url)))
    to = Addressee(name=attack, email="a@exemple.fr", language="fr")
    told = {"at": MOMENT, "reason": attack, "browser": attack, "role": attack}
    loud = letter("invitation", to=to, house=attack, told=told)
    seen = Seen(template("letter.html").render(pages(loud, SETTINGS.public_url)))
    assert seen.tags == quiet.tags
    assert seen.links == quiet.links == {LINK}


def test_what_is_sent_is_one_letter_of_two_parts():
    sent = parcel(letter(), "key", MOMENT, SETTINGS)
    assert sent.name.startswith("20261122T084200-sign-in-")
    assert sent.name == parcel(letter("sign-in", "en"), "key", MOMENT, SETTINGS).name
    assert sent.name != parcel(letter(), "another", MOMENT, SETTINGS).name
    assert max(len(line) for line in sent.content.split(b"\r\n")) <= 998
    assert b"\n" not in sent.content.replace(b"\r\n", b"")
