"""What a house chooses of its looks, in words: on the page where it is chosen, and in the history."""

from typing import Any

from flask_babel import lazy_gettext

DENSITIES = {
    "compact": lazy_gettext("Compact"),
    "usual": lazy_gettext("Usual height"),
    "airy": lazy_gettext("Airy"),
}
COLOURS_BY = {"state": lazy_gettext("By state"), "service": lazy_gettext("By service")}
CLIENT_WORDS = {
    "client": lazy_gettext("Clients: a client, the clients"),
    "patient": lazy_gettext("Patients: a patient, the patients"),
    "pupil": lazy_gettext("Pupils: a pupil, the pupils"),
    "user": lazy_gettext("Users: a user, the users"),
    "beneficiary": lazy_gettext("Beneficiaries: a beneficiary, the beneficiaries"),
    "member": lazy_gettext("Members: a member, the members"),
}
APPOINTMENT_WORDS = {
    "appointment": lazy_gettext("An appointment"),
    "session": lazy_gettext("A session"),
    "lesson": lazy_gettext("A lesson"),
    "consultation": lazy_gettext("A consultation"),
}
# Of the questions of services.
ANSWERED_BY = {
    "text": lazy_gettext("Short text"),
    "long_text": lazy_gettext("Long text"),
    "number": lazy_gettext("Number"),
    "date": lazy_gettext("Date"),
    "yes_no": lazy_gettext("Yes or no"),
    "choice": lazy_gettext("One choice"),
    "choices": lazy_gettext("Several choices"),
}
# By the name of the field that holds the choice.
CHOICES: dict[str, dict[Any, Any]] = {
    "density": DENSITIES,
    "colours_by": COLOURS_BY,
    "client_word": CLIENT_WORDS,
    "appointment_word": APPOINTMENT_WORDS,
}


def choice_words(field: str, value: Any) -> str:
    """Empty for what is no choice of this kind."""
    return str(CHOICES.get(field, {}).get(value, "")) if isinstance(value, str) else ""
