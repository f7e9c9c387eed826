"""How somebody acts on their own account."""

from datetime import datetime
from uuid import UUID

from accounts.rights import PERSON
from kernel.actors import Act


def as_self(person_id: UUID, at: datetime) -> Act:
    return Act(organisation_id=person_id, actor=f"person/{person_id}", origin="door", at=at, may=PERSON)
