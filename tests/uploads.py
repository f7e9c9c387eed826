"""Files in tests: received and read, as whoever uploads one and a job after that do it."""

from typing import Any
from uuid import UUID

from importing.commands import receive_import
from importing.uploads import read_upload
from tests.story import House


def read_in(house: House, id: UUID, name: str, data: bytes, **facts: Any) -> None:
    """The file with its rows waiting, whatever its size. Raises FileRefused."""
    by = house.by(**facts)
    receive_import(house.store, id, name, data, by=by)
    read_upload(house.store, id, by=by)
