"""Words as they are kept: nothing in them that is not seen, and nothing that makes others read what is not there."""

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

import web
from kernel.texts import clean, is_blank, writable
from web import forms
from web.api.fields import Body, Text

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = [
    "",
    " ",
    "\u00a0\u2003\u3000",
    "\u200b",
    "\u2060\ufeff",
    "\u00ad",
    "\u200c\u200d",
    "\u115f\u1160\u3164\uffa0",
    "\u2800",
    "\u180e",
    TURNS,
    "\ufe0f\u200d\ufe0f",
    "\U000e0001\U000e0020",
    "\u0301",
    "\u2028\u2029",
]
LEGITIMATE = [
    "Zoë d’Aguilar",
    "می\u200cخواهم",
    "क्\u200dष",
    "👩\u200d👩\u200d👧",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f\u200d🔥",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "1\ufe0f\u20e3",
    "葛\U000e0100城",
    "ᠠ\u180b",
    "בֹ\u034fא",
    "שרה כהן",
    "محمد",
    "한국",
    "-",
]


@pytest.mark.parametrize("words", UNSEEN)
def test_what_is_not_seen_is_nothing(words: str):
    assert clean(words) == writable(words) == ""
    assert is_blank(words)


def test_no_character_without_a_look_is_a_name():
    """Of all there are, by the categories of Unicode."""
    unseen = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
    every = (chr(code) for code in range(0x110000))
    assert [each for each in every if unicodedata.category(each) in unseen and clean(each)] == []


@pytest.mark.parametrize("words", LEGITIMATE)
def test_joiners_stay_where_they_belong(words: str):
    assert clean(words) == unicodedata.normalize("NFC", words)


@pytest.mark.parametrize("turn", TURNS)
def test_nothing_turns_round_what_follows_it(turn: str):
    assert clean(f"Anna{turn}nna") == "Annanna"


# What Unicode asks every program to show as nothing (Default_Ignorable_Code_Point), also where it is only set aside.
IGNORED = (
    "\u00ad \u034f \u061c \u115f-\u1160 \u17b4-\u17b5 \u180b-\u180f \u200b-\u200f \u202a-\u202e \u2060-\u206f \u3164 "
    "\ufe00-\ufe0f \ufeff \uffa0 \ufff0-\ufff8 \U0001bca0-\U0001bca3 \U0001d173-\U0001d17a \U000e0000-\U000e0fff"
)


def test_two_names_that_look_alike_are_alike():
    ends = ((each[0], each[-1]) for each in IGNORED.split(" "))
    every = [chr(code) for first, last in ends for code in range(ord(first), ord(last) + 1)]
    assert len(every) == 4174
    assert [each for each in every if clean(f"{each}An{each}na{each}") != "Anna" or clean(each)] == []


@pytest.mark.parametrize(
    "hidden", ["🏴\U000e0068\U000e0069\U000e0020\U000e0079\U000e007f", "م\u200d\u200d", "❤\ufe0f\ufe0e"]
)
def test_nothing_hides_behind_what_may_stay(hidden: str):
    assert len(clean(hidden)) < 3


@given(
    st.text(
        alphabet=st.sampled_from(
            [
                *TURNS,
                *"ab \u200b\u200d\u200c\u034f\u0301\u2800é👩م❤🏴1",
                "\ufe0f",
                "\u180b",
                "\u2126",
                "\U000e0067",
                "\U000e007f",
            ]
        )
    )
)
def test_cleaning_twice_changes_nothing_more(words: str):
    assert clean(clean(words)) == clean(words)
    assert not set(TURNS) & set(clean(words))
    assert not (clean(words) and is_blank(clean(words)))


def test_a_secret_stays_as_it_was_typed():
    (schema,) = (kind for kind in kinds(forms.Form) if kind.__name__ == "SignIn")
    typed = f" s\u200be{TURNS}cret "
    assert forms.read(schema, MultiDict({"email": "a@b.fr", "password": typed}))["password"] == typed


# Every field that takes words


def kinds(kind: type[Schema]) -> Iterator[type[Schema]]:
    for module in pkgutil.walk_packages(web.__path__, "web."):
        importlib.import_module(module.name)
    found = [kind]
    for each in found:
        found += [heir for heir in each.__subclasses__() if heir not in found]
    return iter(found)


def of_words(kind: type[Schema], sort: type[fields.Field]) -> list[tuple[type[Schema], str]]:
    return [
        (one, name)
        for one in kinds(kind)
        for name, field in one._declared_fields.items()
        if isinstance(field, sort) and not isinstance(field, forms.Secret)
    ]


def name_of(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def read(schema: type[Schema], name: str, words: str) -> object:
    """What the form makes of this one field, whatever else it would need; None for nothing."""
    try:
        got = forms.read(schema, MultiDict({name: words}))
    except ValidationError as wrong:
        got = wrong.valid_data
    return got.get(name)


@pytest.mark.parametrize(("schema", "name"), of_words(forms.Form, fields.String), ids=name_of)
def test_no_field_of_a_form_takes_what_is_not_seen(schema: type[Schema], name: str):
    nothing = schema._declared_fields[name].load_default
    for words in filter(None, UNSEEN):
        assert not read(schema, name, words) or read(schema, name, words) == nothing
    assert read(schema, name, f"a{TURNS}b") in (None, "ab", nothing)


@pytest.mark.parametrize(("schema", "name"), of_words(Body, Text), ids=name_of)
def test_no_text_of_a_program_is_kept_unseen(schema: type[Schema], name: str):
    field = schema._declared_fields[name]
    for words in filter(None, UNSEEN):
        try:
            assert field.deserialize(words) == ""
        except ValidationError:
            continue
        assert not field.required
    assert field.longest < 2 or field.deserialize(f"a{TURNS}b"[: field.longest]) in ("ab", "a")


def test_fields_that_take_words_were_found():
    assert len(of_words(forms.Form, fields.String)) > 80
    assert len(of_words(Body, Text)) > 40
