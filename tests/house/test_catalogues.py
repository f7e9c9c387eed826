"""Every sentence that people read is in the French and in the English catalogue."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import marshmallow
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import web
from booking.events import Terms
from clients.words import ClientWords
from kernel.errors import Refusal
from kernel.events import STAMPS, Event
from web import catalogues, forms, forms_absences, forms_desk, forms_list, sentences, vocabulary, words, wrong
from web.api.problems import CODES

PACKAGES = ("accounts", "agenda", "booking", "clients", "exporting", "importing", "kernel", "web", "webhooks")
SOURCES = Path(web.__file__).parent
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\((\w+)\)")
# Times, services and people are told as sentences of their own.
TOLD_OTHERWISE = sentences.UNSAID | {"segments", "services", "wall_at", "fields"}
# What is asked for in an address is never said to be missing.
ASKED = (forms.At, forms.Before, forms_desk.Blank, forms_absences.AskAbsence, forms_absences.Away)
ASKED += (forms_list.Narrow, forms_list.AskDay, forms_list.Listed)
TOO_WIDE = re.compile(r"[^\u202f\s][:;?!»](?=\s|$)|«[^\u202f]| [:;?!»]|\w'\w")


def catalogue(language: str) -> Catalog:
    with (catalogues.FOLDER / language / "LC_MESSAGES/messages.po").open("rb") as source:
        return read_po(source)


CATALOGUES = {language: catalogue(language) for language in catalogues.LANGUAGES}


def import_everything() -> None:
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)


def heirs(kind: type) -> Iterator[type]:
    for heir in kind.__subclasses__():
        yield heir
        yield from heirs(heir)


def extracted() -> set[str | tuple[str, str]]:
    options = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found = extract_from_dir(SOURCES, method_map=METHODS, keywords=KEYWORDS, options_map=options)
    return {message for _, _, message, _, _ in found}


def keys() -> Iterator[str]:
    """The sentences looked up by a name that the program gives: refusals, actions, fields, rules, terms, errors."""
    import_everything()
    yield from (kind.__name__ for kind in heirs(Refusal) if not kind.__module__.startswith("tests"))
    yield from (kind.__name__ for kind in heirs(Event) if is_stored(kind))
    yield from (f"rule.{kind.rule}" for kind in heirs(Refusal) if kind.rule)
    yield from (f"term.{name}" for name in Terms.__struct_fields__)
    yield from (f"field.{name}" for name in field_names())
    yield from (key for status in wrong.KNOWN for key in (f"http.{status}", f"http.{status}.advice"))
    yield from (f"problem.{code}" for code in CODES.values())
    yield from ("TimeNotFree.by", "CSRFError")
    yield from vocabulary.keys()


def is_stored(kind: type[Event]) -> bool:
    """Kinds that only others inherit from are never in the log."""
    return not kind.__module__.startswith("tests") and not kind.__subclasses__()


def field_names() -> set[str]:
    """Of the forms that are sent, of client files, and of every event, for the history names what changed."""
    schemas = [kind for kind in heirs(marshmallow.Schema) if kind.__module__.startswith(forms.__name__)]
    sent = {name for kind in schemas if not issubclass(kind, ASKED) for name in kind._declared_fields}
    changed = {name for kind in heirs(Event) if is_stored(kind) for name in kind.__struct_fields__}
    return sent | set(ClientWords.__struct_fields__) | (changed - STAMPS - TOLD_OTHERWISE)


def is_said(message: Message | None) -> bool:
    texts = message.string if message and isinstance(message.string, tuple) else (message.string if message else "",)
    return all(texts)


def test_every_text_of_the_pages_has_its_french():
    fr = CATALOGUES["fr"]
    missing = [text for text in extracted() if not is_said(fr.get(text[0] if isinstance(text, tuple) else text))]
    assert missing == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_refusal_action_and_field_has_its_sentence(language: str):
    missing = [key for key in keys() if not is_said(CATALOGUES[language].get(key))]
    assert missing == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_no_sentence_waits_for_a_fact_in_braces(language: str):
    assert [message.id for message in CATALOGUES[language] if re.search(r"\{\w*\}", str(message.string))] == []


def test_no_catalogue_says_what_nobody_asks():
    plural = {text[0] for text in extracted() if isinstance(text, tuple)}
    asked = plural | {text for text in extracted() if isinstance(text, str)} | set(keys())
    left = {(language, message.id) for language, said in CATALOGUES.items() for message in said if message.id}
    assert {(language, id) for language, id in left if (id[0] if isinstance(id, tuple) else id) not in asked} == set()


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_sentences_keep_the_placeholders_of_their_other_language(language: str):
    other = CATALOGUES["en" if language == "fr" else "fr"]
    for message in CATALOGUES[language]:
        source = other.get(message.id)
        if source and isinstance(message.id, str) and isinstance(source.string, str) and source.string:
            assert set(PLACEHOLDER.findall(message.string)) == set(PLACEHOLDER.findall(source.string)), message.id


def test_french_is_set_as_the_french_set_it():
    """A narrow no-break space before : ; ? ! and inside « », and the typographic apostrophe."""
    texts = [text for message in CATALOGUES["fr"] if message.id for text in strings(message)]
    assert [text for text in texts if TOO_WIDE.search(text)] == []


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_state_has_its_words_and_its_sign():
    assert set(words.STATES) == set(words.STATUSES)
