"""Files that are small and broken, or small and huge: each with the sentence that it is refused with."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'
NAMED = '<row r="1"><c t="inlineStr"><is><t>Nom</t></is></c></row>'
SHARED = '<c t="s"><v>0</v></c>'
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
RELATION = '<Relationship Id="{id}" Type="{office}/{kind}" Target="{target}"/>'
BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{office}">
<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>""".replace("{office}", OFFICE)


def relations(**targets: str) -> str:
    told = ((id, *said.split()) for id, said in targets.items())
    lines = (RELATION.format(id=id, office=OFFICE, kind=kind, target=target) for id, kind, target in told)
    return RELATIONS.format("".join(lines))


def excel_parts(rows: str = f'{NAMED}<row r="2"><c t="s"><v>0</v></c></row>', **changed: str) -> dict[str, str]:
    """The parts of an Excel file by their names; `changed` are its sheet, strings, book."""
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(rId1="officeDocument xl/workbook.xml"),
        "xl/workbook.xml": changed.get("book", BOOK),
        "xl/_rels/workbook.xml.rels": relations(
            rId1="worksheet worksheets/sheet1.xml", rId2="sharedStrings sharedStrings.xml"
        ),
        "xl/worksheets/sheet1.xml": changed.get("sheet", SHEET.format(rows)),
        "xl/sharedStrings.xml": changed.get("strings", STRINGS.format("<si><t>Dupont</t></si>")),
    }


def excel(rows: str = f'{NAMED}<row r="2"><c t="s"><v>0</v></c></row>', **changed: str) -> bytes:
    return zipped(excel_parts(rows, **changed))


def zipped(parts: dict[str, str], packing: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def patched(data: bytes, offset: int, value: bytes, mark: bytes = b"PK\x01\x02", local: int = -2) -> bytes:
    """Each entry of the zip with these bytes, in its local head and in the list at the end."""
    changed = bytearray(data)
    for begins, shift in ((b"PK\x03\x04", local), (mark, 0)):
        place = -1
        while (place := changed.find(begins, place + 1)) >= 0:
            changed[place + offset + shift : place + offset + shift + len(value)] = value
    return bytes(changed)


def inverted(data: bytes, length: int = 28) -> bytes:
    """The packed bytes of the sheet, some of them wrong."""
    place = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    return data[:place] + bytes(255 - byte for byte in data[place : place + length]) + data[place + length :]


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"
EXTERNAL = "<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def typed(words: str) -> str:
    return f'{NAMED}<row r="2"><c t="inlineStr"><is><t>{words}</t></is></c></row>'


# Excel files that are broken in small ways; none may be more than a sentence.
BROKEN: dict[str, Callable[[], bytes]] = {
    "cut off": lambda: excel(sheet=SHEET.partition("{}")[0] + "<row><c>"),
    "strings cut off": lambda: excel(strings="<sst><si>"),
    "laughs": lambda: excel(sheet=LAUGHS + SHEET.format(typed("&a9;"))),
    "external": lambda: excel(sheet=EXTERNAL + SHEET.format(typed("&x;"))),
    "encrypted": lambda: patched(excel(), 8, b"\x01\x00"),
    "unknown packing": lambda: patched(excel(), 10, b"\x63\x00"),
    "wrong bytes": lambda: inverted(excel()),
    "no sheet": lambda: excel(book=BOOK.replace('<sheet name="a" sheetId="1" r:id="rId1"/>', "")),
    "no such string": lambda: excel(f'{NAMED}<row r="2"><c t="s"><v>99</v></c></row>'),
    "no number": lambda: excel(f'{NAMED}<row r="2"><c><v>x</v></c></row>'),
    "long number": lambda: excel(f'{NAMED}<row r="2"><c><v>{"9" * 5000}</v></c></row>'),
    "no column": lambda: excel(f'{NAMED}<row r="2"><c r="9"><v>1</v></c></row>'),
    "no parts": lambda: zipped({}) and zipped({"a": "b"}),
    "nothing after its mark": lambda: b"PK\x03\x04",
}
CALENDAR = "BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n"
ENTRY = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20261124T090000Z\r\nDURATION:PT30M\r\n{more}END:VEVENT\r\n"


def card(more: str) -> str:
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Noël;Zoé;;;\r\n{more}END:VCARD\r\n"


def own_fields(cards: int) -> bytes:
    """Each card has a field that no other has."""
    return "".join(card(f'X-CARNET-FIELD:["champ {n}"\\,"x"]\r\n') for n in range(cards)).encode()


def calendar(*rules: str, starts: str = "20261124T090000Z") -> bytes:
    entry = ENTRY.format(uid="a", more="".join(f"{rule}\r\n" for rule in rules)).replace("20261124T090000Z", starts)
    return CALENDAR.format(entry).encode()


# Small files that unfold into huge tables, or into long work, with the reason that the whole file is refused with.
HUGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "last column in each row": (
        lambda: excel(NAMED + '<row><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>' * 20_000),
        "too_many_columns",
    ),
    "a million empty rows": (lambda: excel(NAMED + "<row/>" * 1_000_000), "too_many_rows"),
    "a row far away": (lambda: excel(f'{NAMED}<row r="99999999999"/>'), "too_many_rows"),
    "a million cells in a row": (lambda: excel(f"{NAMED}<row>{'<c/>' * 4_000_000}</row>"), "file_too_heavy"),
    "one word a million times": (
        lambda: excel(
            NAMED + f"<row>{SHARED * 100}</row>" * 5_000,
            strings=STRINGS.format(f"<si><t>{'x' * 30_000}</t></si>"),
        ),
        "file_too_large",
    ),
    "a hundred million zeros": (lambda: zipped(excel_parts() | {"xl/x.xml": "0" * 101 * 1024**2}), "file_too_large"),
    "parts without end": (lambda: zipped(excel_parts() | {f"xl/{n}": "" for n in range(2_001)}), "file_too_heavy"),
    "a field for each card": (lambda: own_fields(16_000), "too_many_columns"),
    "cards without end": (lambda: card("").encode() * 20_001, "too_many_rows"),
    "lines without end": (lambda: b"Nom\n" + b"\n" * 2_000_000, "too_many_rows"),
    "columns without end": (lambda: b"Nom" + b";x" * 1_000_000, "too_many_columns"),
    "one line": (lambda: b"Nom\n" + b"x" * (10 * 1024**2), "line_too_long"),
    "accents without end": (lambda: b"Nom\n" + b"\xcc\x81\xcc\x95" * 2_000_000, "file_too_heavy"),
}
EMPTY_LAST = '<row><c><v>1</v></c><c r="XFD1"/></row>'
# What looks like it and may be read, with the number of rows.
BEARABLE: dict[str, tuple[Callable[[], bytes], int]] = {
    "an empty last column in each row": (lambda: excel(NAMED + EMPTY_LAST * 15_000), 15_000),
    "a last row that says nothing": (lambda: excel(f'{NAMED}<row><c><v>1</v></c></row><row r="1048576"/>'), 1),
    "a mark left open in each line": (lambda: b"Nom,Prenom\n" + b'x","\n' * 15_000, 15_000),
    "a mark left open in long lines": (lambda: b"Nom,Prenom\n" + (b"y" * 3000 + b'","\n') * 6_000, 6_000),
    "a photo": (lambda: card("PHOTO;ENCODING=b:" + ("x" * 74 + "\r\n ") * 200_000 + "x\r\n").encode(), 1),
    "a card within a card within a card": (lambda: card("BEGIN:X\r\n" * 5_000).encode(), 1),
    "own fields as far as they go": (lambda: own_fields(150), 150),
}
RULES = {
    "every nought days": ["RRULE:FREQ=DAILY;INTERVAL=0"],
    "every minute by another name": [
        f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}"
    ],
    "every second by another name": [f"rrule:BYSECOND={','.join(map(str, range(60)))};freq=weekly"],
    "a day that never comes": ["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"],
    "several rules": ["RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;INTERVAL=0"],
    "without a frequency": ["RRULE:INTERVAL=2"],
    "a flood of dates": ["RDATE:" + ",".join(["20261124T090000Z"] * 20_000)],
    "a flood of lines of dates": ["RDATE:" + ",".join(["20261124T090000Z"] * 5_000)] * 200,
}
DENSE: dict[str, Callable[[], bytes]] = {name: partial(calendar, *rules) for name, rules in RULES.items()}
DENSE["since long ago"] = partial(calendar, "RRULE:FREQ=DAILY", starts="16000101T090000Z")
