"""The few tags that people may write in a presentation, and nothing else."""

import nh3
from markupsafe import Markup

TAGS = {"a", "b", "br", "i", "li", "ol", "p", "u", "ul"}
SCHEMES = {"https", "mailto", "tel"}
OUTSIDE = tuple(f"{scheme}:" for scheme in SCHEMES)


def presentation(written: str) -> Markup:
    """The text with its tags, safe to stand in a page; what is not allowed goes, the words in it stay."""
    cleaned = nh3.clean(
        written,
        tags=TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=only_elsewhere,
    )
    return Markup(cleaned)  # noqa: S704 — nothing but the tags above is left in it


def only_elsewhere(_: str, attribute: str, value: str) -> str | None:
    """A link names its scheme: one without could lead to a page of ours, with what the reader may do there."""
    return value if attribute != "href" or value.lower().startswith(OUTSIDE) else None
