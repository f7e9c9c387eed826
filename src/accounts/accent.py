"""A house's own colour: whether it can be read on white, and what is nearest to it that can."""

import colorsys
import re
from functools import partial

from kernel.errors import Refusal

WRITTEN = re.compile(r"#[0-9a-f]{6}")
# WCAG 2.2, 1.4.3: what text needs.
LEAST_CONTRAST = 4.5
WHITE, BLACK = (255, 255, 255), (0, 0, 0)

Rgb = tuple[int, int, int]


class AccentNotValid(Refusal):
    """Not a colour, written #rrggbb."""


class AccentTooPale(Refusal):
    """White words on it, or it on white, could not be read; `nearest` could."""


def must_be_readable(colour: str) -> None:
    """Raises AccentTooPale with its contrast and the nearest colour that may be chosen."""
    if not WRITTEN.fullmatch(colour):
        raise AccentNotValid
    known = rgb(colour)
    if contrast(known, WHITE) < LEAST_CONTRAST:
        raise AccentTooPale(contrast=round(contrast(known, WHITE), 1), nearest=hexed(nearest_readable(known)))


def nearest_readable(colour: Rgb, on: Rgb = WHITE, least: float = LEAST_CONTRAST) -> Rgb:
    """The same hue, as little darker (on a light ground) or lighter (on a dark one) as is needed."""
    goal = BLACK if luminance(on) > 0.5 else WHITE
    shades = map(partial(shade, colour, goal), range(256))
    return next(each for each in shades if contrast(each, on) >= least)


def shade(colour: Rgb, goal: Rgb, step: int) -> Rgb:
    """The colour, `step` of 255 of its way to black or white, with its hue and saturation."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light += (goal[0] / 255 - light) * step / 255
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def mixed(colour: Rgb, other: Rgb, part: float) -> Rgb:
    red, green, blue = (round(one * part + two * (1 - part)) for one, two in zip(colour, other, strict=True))
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Rgb) -> float:
    red, green, blue = (linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def hexed(colour: Rgb) -> str:
    return f"#{bytes(colour).hex()}"
