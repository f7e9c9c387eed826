"""Files that nobody wrote, by number: what programs write, and then something happens to it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.data.hostile import (
    BOOK,
    CALENDAR,
    ENTRY,
    EXTERNAL,
    LAUGHS,
    NAMED,
    STRINGS,
    card,
    excel_parts,
    patched,
    zipped,
)

Dice = random.Random
WORDS = ["Noël", "Zoé", "=1+1", "'", '"', "06 12 34 56 78", "a@b.fr", "12/03/1980", "31/02/2020", "1e999", "\u202e"]
WORDS += ["😀", "x" * 40_000, "é" * 300, "\u0301" * 2_000, "\x00", "\ufffd", "-0", "9" * 400, "9" * 5_000, " ", "\t"]
HEADINGS = ["Nom", "Prénom", "Portable", "E-mail", "Né(e) le", "Remarques", "N°", "Date", "Début", "Fin", "Durée"]
HEADINGS += ["Identifiant Carnet", "Client", "Prestation", "", "Nom", "Truc"]
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251"]
FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "SECONDLY", "PARFOIS", ""]
ZONES = ["Europe/Paris", "Romance Standard Time", "Nulle/Part", "../../etc/passwd", "UTC", "", "Europe/Paris" * 500]
DATED = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("Date", "Début", "Fin", "Client"))
DATED = f"<row>{DATED}</row>"
ARRAY = '<f t="array" ref="A1:B2">{0}</f>'
TYPES = ["n", "e", "str", "inlineStr"]
STRANGE = [0, 99, "1E+999", "x", "=A1", "", "2026-11-24T09:00", "9" * 5_000]


def table(dice: Dice) -> bytes:
    separator, end = dice.choice(";,\t|"), dice.choice(["\n", "\r\n", "\r"])
    rows = [dice.sample(HEADINGS, dice.randint(1, 12))]
    rows += [[quoted(dice, dice.choice(WORDS)) for _ in range(dice.randint(0, 14))] for _ in range(dice.randint(0, 40))]
    text = end.join(separator.join(row) for row in rows)
    return text.encode(dice.choice(ENCODINGS), errors="replace")


def quoted(dice: Dice, words: str) -> str:
    return dice.choice([words, f'"{words}"', f'"{words}', words.replace('"', '""'), f'{words}"'])


def sheet(dice: Dice) -> bytes:
    """Half of them with cells, parts or flags that are strange; one such cell may be the end of a file."""
    is_strange = dice.random() < 0.5
    rows = "".join(row(dice, is_strange=is_strange) for _ in range(9))
    strings = STRINGS.format(f"<si><t>{dice.choice(['a', 'b' * 40_000])}</t></si>")
    parts = excel_parts(dice.choice([NAMED, DATED]) + rows, strings=strings)
    if is_strange:
        name = dice.choice(list(parts))
        parts[name] = told_otherwise(dice, parts[name])
    packed = zipped(parts, dice.choice([0, 8]))
    return zip_flags(dice, packed) if dice.random() < 0.2 else packed


def row(dice: Dice, *, is_strange: bool) -> str:
    cells = "".join(cell(dice, is_strange=is_strange) for _ in range(dice.randint(0, 8)))
    return f"<row{place(dice, 'r') if is_strange else ''}>{cells}</row>"


def place(dice: Dice, name: str) -> str:
    strange = dice.choice([0, 1, 5, 2**20, 2**40, "A1", "C7", "XFD1", "ZZZZ9", -1, ""])
    return f' {name}="{strange}"' if dice.random() < 0.1 else ""


def cell(dice: Dice, *, is_strange: bool) -> str:
    value = dice.choice(STRANGE if is_strange else [0, 1, 1e308, 45000, -5, 0.375, "9" * 400])
    kind = dice.choice([*TYPES, "s", "b", "d", "x", ""] if is_strange else TYPES)
    inner = dice.choice(["<v>{0}</v>", "<is><t>{0}</t></is>", "<f>{0}</f>", ARRAY, "<v>{0}</v>" * 9])
    where = place(dice, "r") + place(dice, "s") if is_strange else ""
    return f'<c{where} t="{kind}">{inner.format(value)}</c>'


def told_otherwise(dice: Dice, xml: str) -> str:
    deeds: list[Callable[[], str]] = [
        lambda: xml[: dice.randrange(len(xml))],
        lambda: dice.choice([LAUGHS, EXTERNAL]) + xml,
        lambda: xml.replace("<", "<x:", dice.randint(1, 3)),
        lambda: xml.replace(">", ">" + "<x>" * dice.choice([3, 5_000]), 1),
        lambda: xml.replace("rId1", dice.choice(["rId2", "rId9", ""])),
        lambda: xml.replace("sheet1", dice.choice(["../../x", "sheet2", "é"])),
        lambda: xml.replace("Target", "Target" + " a='b'" * dice.choice([1, 50_000])),
        lambda: f'<?xml version="1.0" encoding="{dice.choice(["utf-7", "utf-16", "x"])}"?>{xml}',
        lambda: xml + BOOK,
    ]
    return dice.choice(deeds)()


def zip_flags(dice: Dice, packed: bytes) -> bytes:
    """Flags, packing, sums and sizes that say something else."""
    offset, length = dice.choice([(6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (42, 4)])
    return patched(packed, offset, dice.randbytes(length))


def cards(dice: Dice) -> bytes:
    lines = ["TEL;TYPE=CELL,pref:06 12 34 56 78", "BDAY:19800312", 'ADR;X="a:b":;;rue;Paris;;75001;', "BEGIN:X"]
    lines += ["NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=x-nobody:=C3=A9=", "NOTE:\\", "N:;;;;", "item1.EMAIL:a@b.fr"]
    lines += ["END:X", ";:;:"]
    lines += [f'X-CARNET-FIELD:["{dice.choice(WORDS[:9])}"\\,"x"]', "PHOTO:" + "x" * 99_999, "FN:" + dice.choice(WORDS)]
    found = [card("".join(f"{line}\r\n" for line in dice.choices(lines, k=dice.randint(0, 9)))) for _ in range(9)]
    return "".join(found).encode(dice.choice(ENCODINGS[:4]), errors="replace")


def agenda(dice: Dice) -> bytes:
    entries = "".join(ENTRY.format(uid=dice.choice("ab"), more=more_of(dice)) for _ in range(dice.randint(1, 6)))
    return CALENDAR.format(dice.choice(["", "X-WR-TIMEZONE:Mars\r\n", "BEGIN:VTIMEZONE\r\n"]) + entries).encode()


def more_of(dice: Dice) -> str:
    at = datetime(2026, 11, 24) + timedelta(days=dice.choice([0, 1, -150_000, 150_000, 1_000_000]))  # noqa: DTZ001
    zone = f"TZID={dice.choice(ZONES)}"
    written = f"{at:%Y%m%dT%H%M%S}"
    lines = [rule(dice), f"EXDATE;{zone}:{written}", f"RECURRENCE-ID:{written}Z", "DTEND:x", "DURATION:P9999999W"]
    lines += [f"RDATE;{zone}:" + ",".join([written] * dice.choice([1, 3_000])), "RDATE;VALUE=PERIOD:x/y"]
    lines += ["SEQUENCE:" + "9" * 5_000, 'ATTENDEE;CN="x:mailto:y', f"SUMMARY:{dice.choice(WORDS)}"]
    lines += ["BEGIN:VALARM", "END:VEVENT"]
    return "".join(f"{line}\r\n" for line in dice.choices(lines, k=dice.randint(0, 4)))


def rule(dice: Dice) -> str:
    parts = [f"FREQ={dice.choice(FREQUENCIES)}", f"INTERVAL={dice.choice([0, 1, 2, -1, 10**9, 'x', 10**30])}"]
    parts += [f"COUNT={dice.choice([0, 5, 10**9])}", f"UNTIL={dice.choice(['20270101', '99991231T000000Z', 'x'])}"]
    parts += [f"{name}={many(dice, top)}" for name, top in BY.items()]
    return dice.choice(["RRULE:", "rrule:", "EXRULE:"]) + ";".join(dice.sample(parts, dice.randint(1, 5)))


BY = {"BYSECOND": 60, "BYMINUTE": 60, "BYHOUR": 24, "BYMONTHDAY": 32, "BYYEARDAY": 400, "BYMONTH": 13, "BYSETPOS": 400}


def many(dice: Dice, top: int) -> str:
    return ",".join(map(str, range(dice.choice([-1, 0, 1]), dice.choice([2, top]))))


MARKS = [b"\x00", b'"', b"\r", b"\xff\xfe", b"\x1a", b"\xcc\x81", b"(", b"<"]
KINDS: tuple[Callable[[Dice], bytes], ...] = (table, sheet, cards, agenda)


def damaged(dice: Dice, data: bytes) -> bytes:
    """Cut off, with bytes turned, repeated, taken out or put in."""
    begin, end = sorted(dice.choices(range(len(data) + 1), k=2))
    deeds: list[Callable[[], bytes]] = [
        lambda: data[:begin],
        lambda: data[begin:],
        lambda: data[:begin] + data[end:],
        lambda: data[:end] + data[begin:end] * dice.choice([2, 50, 300_000 // (end - begin + 1)]) + data[end:],
        lambda: data[:begin] + bytes(byte ^ 1 << dice.randrange(8) for byte in data[begin:end][:9]) + data[end:],
        lambda: data[:begin] + dice.randbytes(dice.choice([1, 40])) + data[begin:],
        lambda: data[:begin] + dice.choice(MARKS) * dice.choice([1, 9_000]) + data[begin:],
    ]
    return dice.choice(deeds)()


def made(number: int) -> bytes:
    """Some as they were written, others with one to three damages; a packed file seldom survives one."""
    dice = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    data = kind(dice)
    for _ in range(dice.choice([0, 0, 0, 1] if kind is sheet else [0, 1, 1, 2, 3])):
        data = damaged(dice, data)
    return data[: 1024**2]
