"""What can be asked about client files."""

from clients.queries.blocking import ClientIsBlocked, is_blocked, must_not_be_blocked
from clients.queries.cards import ClientCard, cards, client, own_cards
from clients.queries.duplicates import Duplicate, DuplicatePair, duplicates, probable_duplicates
from clients.queries.fields import client_fields
from clients.queries.files import ClientFile, NoteCard, client_file, notes_of
from clients.queries.search import closest, page, search
from clients.queries.versions import FieldChange, Version, versions
from clients.rows import file_of as visible_file

__all__ = [
    "ClientCard",
    "ClientFile",
    "ClientIsBlocked",
    "Duplicate",
    "DuplicatePair",
    "FieldChange",
    "NoteCard",
    "Version",
    "cards",
    "client",
    "client_fields",
    "client_file",
    "closest",
    "duplicates",
    "is_blocked",
    "must_not_be_blocked",
    "notes_of",
    "own_cards",
    "page",
    "probable_duplicates",
    "search",
    "versions",
    "visible_file",
]
