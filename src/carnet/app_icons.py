"""The icons of the installed app, drawn here row by row: our mark, as PNG files of the sizes that devices ask for."""

import struct
import zlib
from collections.abc import Callable, Iterator

Spans = list[tuple[float, float]]
Point = tuple[float, float]
Shape = tuple[Callable[[float], Spans], tuple[int, int, int], float]

# The mark is drawn in a square of 32, as in mark.svg.
SIDE, ROUND = 32, 8
BLUE, PINK, WHITE = (47, 63, 168), (255, 143, 179), (255, 255, 255)
# Rows within one row of pixels; sideways the cover of a pixel is exact.
FINE = 4
LEAF = (
    ((15.5, 19.5), (17.7, 14.0), (20.0, 11.3), (22.5, 10.0)),
    ((22.5, 10.0), (22.1, 13.4), (20.1, 16.4), (15.5, 19.5)),
)
FILES = {
    "icon-180.png": (180, False),
    "icon-192.png": (192, True),
    "icon-512.png": (512, True),
    "icon-maskable-512.png": (512, False),
}


def icons() -> Iterator[tuple[str, bytes]]:
    """Names and contents. Where a device cuts the corners itself, the ground reaches into them."""
    for name, (size, is_rounded) in FILES.items():
        yield name, png(size, is_rounded=is_rounded)


def png(size: int, *, is_rounded: bool) -> bytes:
    shapes = [*mark(is_rounded=is_rounded)]
    rows = b"".join(b"\0" + row(size, number, shapes) for number in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def mark(*, is_rounded: bool) -> Iterator[Shape]:
    yield (lambda y: ground(y) if is_rounded else [(0, SIDE)]), BLUE, 1
    for line in (11, 16, 21):
        yield (lambda y, line=line: [(7, 25)] if abs(y - line) < 0.75 else []), WHITE, 0.55
    yield (lambda y: [(11.1, 12.9)] if 6 < y < 26 else []), PINK, 1
    outline = [point for curve in LEAF for point in flat(curve)]
    yield (lambda y: crossed(outline, y)), WHITE, 1


def ground(y: float) -> Spans:
    deep = max(ROUND - y, y - (SIDE - ROUND), 0)
    inset = ROUND - (ROUND**2 - deep**2) ** 0.5
    return [(inset, SIDE - inset)]


def flat(curve: tuple[Point, ...], steps: int = 24) -> Iterator[Point]:
    """A cubic Bézier curve as short straight lines."""
    for step in range(steps):
        at = step / steps
        weights = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
        yield tuple(sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))


def crossed(outline: list[Point], y: float) -> Spans:
    """Where a horizontal line lies within a closed outline."""
    edges = zip(outline, [*outline[1:], outline[0]], strict=True)
    hit = ((here, there) for here, there in edges if (here[1] > y) != (there[1] > y))
    at = sorted(x + (y - top) / (below - top) * (far - x) for (x, top), (far, below) in hit)
    return list(zip(at[::2], at[1::2], strict=False))


def row(size: int, number: int, shapes: list[Shape]) -> bytes:
    """One row of pixels, red, green, blue, cover."""
    pixels = [(0.0, 0.0, 0.0, 0.0)] * size
    for spans, colour, strength in shapes:
        for x, cover in enumerate(covers(size, number, spans)):
            if cover:
                pixels[x] = over(pixels[x], colour, cover * strength)
    return bytes(min(255, round(part)) for pixel in pixels for part in (*pixel[:3], pixel[3] * 255))


def covers(size: int, number: int, spans: Callable[[float], Spans]) -> list[float]:
    """How much of each pixel of this row a shape covers."""
    cover = [0.0] * size
    for part in range(FINE):
        for begins, ends in spans((number + (part + 0.5) / FINE) * SIDE / size):
            first, last = begins * size / SIDE, ends * size / SIDE
            for x in range(int(first), min(size, int(last) + 1)):
                cover[x] += max(0.0, min(last, x + 1) - max(first, x)) / FINE
    return cover


def over(below: tuple[float, ...], colour: tuple[int, int, int], cover: float) -> tuple[float, ...]:
    kept = below[3] * (1 - cover)
    whole = cover + kept
    mixed = ((one * cover + two * kept) / whole for one, two in zip(colour, below[:3], strict=True))
    return (*mixed, whole)
