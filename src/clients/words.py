"""The words of a client's file: cleaned, checked, and keyed for search in any writing."""

import re
import unicodedata
from datetime import date
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from msgspec import Struct, structs

from kernel import texts
from kernel.errors import Refusal

LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")
MOST_LETTERS = 20_000
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


class ClientNameMissing(Refusal):
    pass


class PhoneNotValid(Refusal):
    pass


class EmailNotValid(Refusal):
    pass


class WordsTooLong(Refusal):
    """More than a field holds, and than every form of export can carry."""


class ClientWords(Struct, frozen=True, kw_only=True):
    """One version of what is known of a client, as written; `custom` are the house's own fields by identifier."""

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""
    birth_on: date | None = None
    address: str = ""
    postcode: str = ""
    town: str = ""
    remarks: str = ""
    number: str = ""
    custom: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def cleaned(facts: dict[str, Any], country: str) -> ClientWords:
    """The words as they are kept: trimmed, free of control characters, phone in E.164, e-mail in lower case.

    Refuses a file without a name, a phone that is none in any writing of `country`, an address that is no e-mail.
    """
    words = ClientWords(**{name: clean(value) for name, value in facts.items()})
    must_not_be_too_long(words)
    if not words.name:
        raise ClientNameMissing
    return structs.replace(words, phone=phone(words.phone, country), email=email(words.email))


def must_not_be_too_long(words: ClientWords) -> None:
    values = (value for value in structs.astuple(words) if isinstance(value, str))
    if any(len(value) > MOST_LETTERS for value in values):
        raise WordsTooLong(most=MOST_LETTERS)


def clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return texts.clean(LINE_ENDS.sub("\n", value))


def phone(written: str, country: str) -> str:
    """The number in E.164, from any usual writing: 06 12…, +33 6…, 0033 6…, (0)6…."""
    if not written:
        return ""
    try:
        number = phonenumbers.parse(written.replace("(0)", "0", 1) if written.startswith("(0)") else written, country)
    except phonenumbers.NumberParseException as unreadable:
        raise PhoneNotValid(phone=written) from unreadable
    if not phonenumbers.is_possible_number(number):
        raise PhoneNotValid(phone=written)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(written: str) -> str:
    if not written:
        return ""
    try:
        return validate_email(written, check_deliverability=False).normalized.lower()
    except EmailNotValidError as unreadable:
        raise EmailNotValid(email=written) from unreadable


def name_key(words: str) -> str:
    """Lower case without accents or punctuation: what names are searched and sorted by."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def person_key(words: Any) -> str:
    """The same for one name in any order, whichever part stands as the first name and which as the last."""
    return " ".join(sorted(name_key(f"{words.last_name} {words.first_name}").split()))


def phone_key(written: str) -> str:
    """The digits that tell a number apart, without the prefix that a writing may have or not."""
    digits = re.sub(r"\D", "", written.replace("(0)", "0"))
    return re.sub(r"^(0033|33|00|0)", "", digits)


def shown_phone(number: str, country: str) -> str:
    """The number as people of `country` write it."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    is_home = parsed.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if is_home else form.INTERNATIONAL)
