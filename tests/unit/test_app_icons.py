"""The icons of the app are PNG files of their sizes, with our blue as their ground."""

import struct
import zlib

from carnet.app_icons import BLUE, FILES, PINK, png


def pixels(content: bytes) -> tuple[int, list[bytes]]:
    size = struct.unpack(">I", content[16:20])[0]
    rows = zlib.decompress(content[content.index(b"IDAT") + 4 : content.index(b"IEND") - 8])
    wide = 1 + 4 * size
    return size, [rows[at + 1 : at + wide] for at in range(0, len(rows), wide)]


def pixel(rows: list[bytes], x: int, y: int) -> tuple[int, ...]:
    return tuple(rows[y][4 * x : 4 * x + 4])


def test_an_icon_has_our_ground_and_our_line():
    size, rows = pixels(png(64, is_rounded=True))
    assert size == len(rows) == 64
    assert pixel(rows, 32, 4) == (*BLUE, 255)
    assert pixel(rows, 24, 30) == (*PINK, 255)
    assert pixel(rows, 0, 0)[3] == 0


def test_where_the_device_cuts_the_corners_the_ground_reaches_into_them():
    _, rows = pixels(png(32, is_rounded=False))
    assert pixel(rows, 0, 0) == (*BLUE, 255)


def test_every_icon_has_a_size_that_devices_ask_for():
    assert {size for size, _ in FILES.values()} == {180, 192, 512}
