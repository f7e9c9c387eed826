"""A house's own colour can be read wherever it is drawn, or is refused with the nearest that can."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.accent import WHITE, AccentNotValid, AccentTooPale, contrast, must_be_readable, nearest_readable, rgb
from web.look import CANVAS, DARK, dark, light

COLOURS = some.tuples(*[some.integers(0, 255)] * 3)


def test_black_on_white_is_the_most_there_is():
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1


@pytest.mark.parametrize("colour", ["#2f3fa8", "#767676", "#000000"])
def test_what_can_be_read_is_taken(colour: str):
    must_be_readable(colour)


@pytest.mark.parametrize("colour", ["#777777", "#ffd400", "#ffffff"])
def test_what_is_too_pale_is_refused_with_the_nearest_that_is_not(colour: str):
    with pytest.raises(AccentTooPale) as refused:
        must_be_readable(colour)
    must_be_readable(refused.value.facts["nearest"])


def test_the_nearest_keeps_its_hue():
    red, green, blue = nearest_readable(rgb("#ffd400"))
    assert red > green > blue == 0


@pytest.mark.parametrize("written", ["", "red", "#fff", "#2F3FA8", "#2f3fa8;}", "2f3fa8"])
def test_only_colours_are_taken(written: str):
    with pytest.raises(AccentNotValid):
        must_be_readable(written)


@given(COLOURS)
def test_every_colour_that_may_be_chosen_is_readable_wherever_it_stands(colour: tuple[int, int, int]):
    for tones, ground in ((light(nearest_readable(colour)), CANVAS), (dark(nearest_readable(colour)), DARK)):
        assert contrast(tones["link"], ground) >= 4.5
        assert contrast(tones["on-accent"], tones["accent"]) >= 4.5
        assert contrast(tones["on-accent"], tones["accent-2"]) >= 4.5
        assert contrast(tones["accent-2"], tones["accent-soft"]) >= 4.5
        assert contrast(tones["accent"], ground) >= 3
