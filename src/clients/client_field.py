"""A field that a house adds to its client files: what it is called, what may stand in it, and whether it must."""

from typing import Any, ClassVar

from clients.events import ClientFieldAdded, ClientFieldChanged
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event

KINDS = ("text", "long_text", "number", "date", "yes_no", "choice", "choices", "phone", "email")
CHOOSING = ("choice", "choices")
# Stands between several choices in a file of ours, so it may stand in none.
BETWEEN = "|"


class FieldKindUnknown(Refusal):
    pass


class FieldLabelMissing(Refusal):
    pass


class FieldChoicesMissing(Refusal):
    """A choice needs two things to choose from, each with a name of its own."""


class ClientField(Aggregate, kw_only=True):
    """Retired instead of deleted: what was written in it stays on the files."""

    is_listed: ClassVar[bool] = True

    label: str = ""
    kind: str = "text"
    choices: list[str] = []
    is_required: bool = False
    rank: int = 0
    is_active: bool = True

    def add(self, by: Act, *, label: str, kind: str, choices: list[str], is_required: bool, rank: int) -> None:
        if kind not in KINDS:
            raise FieldKindUnknown(kind=kind)
        facts = checked(kind, {"label": label, "choices": choices})
        self.trigger(ClientFieldAdded, by, kind=kind, is_required=is_required, rank=rank, **facts)

    def change(self, by: Act, **wanted: Any) -> None:
        if changes := differing(self, checked(self.kind, wanted)):
            self.trigger(ClientFieldChanged, by, **changes)

    def evolve(self, event: Event) -> None:
        take(self, event)


def checked(kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """What is wanted, with label and choices trimmed. Refuses an empty label, and choices that leave no choice."""
    facts = dict(wanted)
    if "label" in facts:
        facts["label"] = " ".join(facts["label"].split())
        if not facts["label"]:
            raise FieldLabelMissing
    if "choices" in facts:
        facts["choices"] = chosen_from(facts["choices"]) if kind in CHOOSING else []
    return facts


def chosen_from(choices: list[str]) -> list[str]:
    named = list(dict.fromkeys(name for one in choices if (name := " ".join(one.split()))))
    if len(named) < 2 or any(BETWEEN in name for name in named):
        raise FieldChoicesMissing
    return named
