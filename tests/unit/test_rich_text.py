"""What people write about their house shows as they wrote it, and can do nothing else."""

from html.parser import HTMLParser

import pytest

from tests.data.markup import MUTATIONS
from web.rich_text import SCHEMES, TAGS, presentation


class Tags(HTMLParser):
    """The tags of a text with their attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "text",
    [
        "<p>Un cabinet <b>calme</b>, <i>rue</i> des <u>Tilleuls</u>.<br>Deuxième étage.</p>",
        "<ul><li>massage</li></ul><ol><li>bilan</li></ol>",
        "L’été, 5 &lt; 6 &amp; 7",
    ],
)
def test_what_is_allowed_stays_as_it_is(text: str):
    assert presentation(text) == text


@pytest.mark.parametrize("href", ["https://exemple.fr/", "mailto:accueil@exemple.fr", "tel:+33123456789"])
def test_links_lead_outside_and_take_nothing_along(href: str):
    assert presentation(f'<a href="{href}" onclick="x()" target="_blank">ici</a>') == (
        f'<a href="{href}" rel="noopener noreferrer nofollow">ici</a>'
    )


@pytest.mark.parametrize("href", ["/sign-out", "javascript:hit()", "//exemple.org", "http://exemple.org", "data:a,b"])
def test_other_links_are_words(href: str):
    assert "href" not in presentation(f'<a href="{href}">ici</a>')


@pytest.mark.parametrize("attack", MUTATIONS)
def test_nothing_else_is_left(attack: str):
    text = presentation(attack)
    for tag, attributes in Tags(text).seen:
        assert tag in TAGS
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())
        assert (attributes.get("href") or "https:").partition(":")[0].lower() in SCHEMES
    assert presentation(text) == text
