"""Files in tests: received and read, as whoever uploads one and a job after that do it."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from importing.commands import receive_import
from importing.parts import Asked, End, No, Part
from importing.readings import parts
from importing.report import FileRefused
from importing.uploads import read_upload
from tests.story import House


def read_in(house: House, id: UUID, name: str, data: bytes, **facts: Any) -> None:
    """The file with its rows waiting, whatever its size. Raises FileRefused."""
    by = house.by(**facts)
    receive_import(house.store, id, name, data, by=by)
    read_upload(house.store, id, by=by)


def read_here(asked: Asked, pieces: Iterable[bytes], seconds: float = 0) -> Iterator[Part]:
    """In place of `read_apart`, for hundreds of files that we write ourselves: a process for each costs a while."""
    for part in parts(b"".join(pieces), asked):
        if isinstance(part, No):
            raise FileRefused(part.reason, **part.facts)
        if not isinstance(part, End):
            yield part
