"""What kind of file some bytes are, by how they begin."""

ZIP, OLD_EXCEL, CARD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"BEGIN:VCARD"
# What is none of ours: XML could name what lies elsewhere, and pictures hold no rows.
MARKUP = (b"<?xml", b"<!doc", b"<html", b"<carn")
NO_TABLE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"Rar!")


def kind_of(data: bytes) -> str:
    """excel, vcard, calendar, or table for all else."""
    if data.startswith(ZIP):
        return "excel"
    return "vcard" if is_vcard(data) else "calendar" if is_calendar(data) else "table"


def is_vcard(data: bytes) -> bool:
    return begin_of(data)[: len(CARD)].upper() == CARD


def is_calendar(data: bytes) -> bool:
    return b"BEGIN:VCALENDAR" in data[:4096].replace(b"\0", b"").upper()


def is_markup(data: bytes) -> bool:
    return begin_of(data)[:5].lower() in MARKUP


def begin_of(data: bytes) -> bytes:
    return data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
