"""A question that a service asks of whoever comes: its wording, what may answer it, and who is asked."""

from typing import Any, ClassVar
from uuid import UUID

from agenda.events import QuestionAdded, QuestionChanged
from clients.client_field import CHOOSING, chosen_from
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event

KINDS = ("text", "long_text", "number", "date", "yes_no", "choice", "choices")


class QuestionKindUnknown(Refusal):
    pass


class QuestionWordingMissing(Refusal):
    pass


class Question(Aggregate, kw_only=True):
    """Retired instead of deleted: what was answered keeps the wording that was asked."""

    is_listed: ClassVar[bool] = True
    begins_with: ClassVar[tuple[type[Event], ...]] = (QuestionAdded,)

    service_id: UUID | None = None
    wording: str = ""
    kind: str = "text"
    choices: list[str] = []
    is_required: bool = False
    is_online: bool = False
    rank: int = 0
    is_active: bool = True

    @property
    def label(self) -> str:
        """What stands beside its field in a form."""
        return self.wording

    def add(self, by: Act, *, service_id: UUID, kind: str, **facts: Any) -> None:
        if kind not in KINDS:
            raise QuestionKindUnknown(kind=kind)
        asked = checked(kind, {"wording": "", "choices": [], **facts})
        self.trigger(QuestionAdded, by, service_id=service_id, kind=kind, **asked)

    def change(self, by: Act, **wanted: Any) -> None:
        """The kind stays: what was answered could not be read otherwise."""
        if changes := differing(self, checked(self.kind, wanted)):
            self.trigger(QuestionChanged, by, **changes)

    def evolve(self, event: Event) -> None:
        take(self, event)


def checked(kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """What is wanted, with wording and choices trimmed. Refuses an empty wording, and choices that leave no choice."""
    facts = dict(wanted)
    if "wording" in facts:
        facts["wording"] = " ".join(facts["wording"].split())
        if not facts["wording"]:
            raise QuestionWordingMissing
    if "choices" in facts:
        facts["choices"] = chosen_from(facts["choices"]) if kind in CHOOSING else []
    return facts
