"""Rights and roles in words."""

from collections.abc import Iterable
from functools import reduce

from flask_babel import gettext, lazy_gettext

RIGHT_WORDS = {
    "requests.approve": lazy_gettext("Approves and declines requests"),
    "rules.override": lazy_gettext("Sets booking rules aside, with a reason"),
    "hours.write": lazy_gettext("Changes opening hours"),
    "absences.write": lazy_gettext("Enters absences"),
    "clients.see": lazy_gettext("Sees client files"),
    "clients.contacts": lazy_gettext("Sees phones, addresses, e-mails and notes of clients"),
    "clients.write": lazy_gettext("Writes client files"),
    "clients.merge": lazy_gettext("Merges files of the same person"),
    "clients.block": lazy_gettext("Blocks clients from booking online"),
    "clients.import": lazy_gettext("Brings files in from other programs"),
    "clients.export": lazy_gettext("Takes client files out"),
    "history.see": lazy_gettext("Reads the history of the whole house"),
    "figures.see": lazy_gettext("Sees figures and money"),
    "behalf.act": lazy_gettext("Acts on behalf of clients and colleagues"),
}
ROLE_HINTS = {
    "owner": lazy_gettext("Everything, also the plan, who enters from where, and closing the house."),
    "manager": lazy_gettext("The whole agenda, the settings, the team and the figures."),
    "practitioner": lazy_gettext("The own column: appointments, hours and absences. Looks at the others."),
    "secretary": lazy_gettext("Keeps everybody's agenda and the client files, without a column of their own."),
    "viewer": lazy_gettext("Looks at the agenda and the files, changes nothing."),
}


def rights_words(rights: Iterable[str]) -> str:
    return one_by_one(RIGHT_WORDS.get(right, right) for right in rights)


def one_by_one(sentences: Iterable[object]) -> str:
    """Sentences that have commas of their own, told in one line."""
    return reduce(lambda before, one: gettext("%(before)s; %(one)s", before=before, one=one), map(str, sentences))
