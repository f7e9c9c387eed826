"""The fields that a house adds to its client files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from clients.client_field import ClientField
from kernel.actors import Act
from kernel.store import Log, command


@command("settings.write", is_exclusive=True)
def add_client_field(
    log: Log,
    id: UUID,
    *,
    label: str,
    kind: str = "text",
    choices: Sequence[str] = (),
    is_required: bool = False,
    rank: int = 0,
    by: Act,
) -> None:
    """`kind` is one of client_field.KINDS and stays; of a required field only an empty value is refused."""
    field = ClientField(id=id)
    field.add(by, label=label, kind=kind, choices=list(choices), is_required=is_required, rank=rank)
    log.keep(field)


@command("settings.write", is_exclusive=True)
def change_client_field(log: Log, id: UUID, *, by: Act, **facts: Any) -> None:
    """`facts` are label, choices, is_required and rank. A choice taken away stays on the files that have it."""
    field = log.get(ClientField, id)
    field.change(by, **facts)
    log.keep(field)


@command("settings.write", is_exclusive=True)
def retire_client_field(log: Log, id: UUID, *, by: Act) -> None:
    """It is filled in no more; what stands in it stays."""
    field = log.get(ClientField, id)
    field.change(by, is_active=False)
    log.keep(field)


@command("settings.write", is_exclusive=True)
def restore_client_field(log: Log, id: UUID, *, by: Act) -> None:
    field = log.get(ClientField, id)
    field.change(by, is_active=True)
    log.keep(field)
