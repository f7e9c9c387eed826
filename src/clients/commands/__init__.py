"""What can be asked of client files."""

from clients.commands.blocking import block_client, unblock_client
from clients.commands.exports import note_export
from clients.commands.fields import add_client_field, change_client_field, restore_client_field, retire_client_field
from clients.commands.files import (
    archive_client,
    create_client,
    edit_client,
    restore_client,
    restore_client_version,
    take_back_client_versions,
)
from clients.commands.merging import dismiss_duplicate, merge_clients, unmerge_client
from clients.commands.notes import add_client_note, edit_client_note, pin_client_note, remove_client_note

__all__ = [
    "add_client_field",
    "add_client_note",
    "archive_client",
    "block_client",
    "change_client_field",
    "create_client",
    "dismiss_duplicate",
    "edit_client",
    "edit_client_note",
    "merge_clients",
    "note_export",
    "pin_client_note",
    "remove_client_note",
    "restore_client",
    "restore_client_field",
    "restore_client_version",
    "retire_client_field",
    "take_back_client_versions",
    "unblock_client",
    "unmerge_client",
]
