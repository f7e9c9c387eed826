"""What somebody may do in an organisation: rights by name, each over the whole house or over some things of it."""

from collections.abc import Callable, Iterable
from uuid import UUID

from msgspec import Struct

from kernel.errors import Refusal

# The parts of something: each part is reached by reaching any of its things (whoever gives it, its client).
Touched = Iterable[frozenset[UUID]] | None


class Forbidden(Refusal):
    """Whoever asks has no right to this, or none over the things it is about."""

    status = 403


class Rights(Struct, frozen=True):
    """`reach` names every right held: None over the whole house, else the things that it reaches."""

    reach: dict[str, frozenset[UUID] | None] = {}

    def may(self, right: str) -> bool:
        return right in self.reach

    def may_over(self, right: str, touches: Callable[[], Touched]) -> bool:
        """Whether the right reaches each part of something; what touches None is reached by the whole house only."""
        if right not in self.reach:
            return False
        reached = self.reach[right]
        return reached is None or is_reached(touches(), reached)

    def over(self, right: str) -> frozenset[UUID] | None:
        """The things that a right reaches: None for all, none at all without the right."""
        return self.reach.get(right, frozenset())


def is_reached(touched: Touched, reached: frozenset[UUID]) -> bool:
    return touched is not None and all(part & reached for part in touched)
