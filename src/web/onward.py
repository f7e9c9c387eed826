"""Where a visitor goes next: a path of ours, and nowhere else."""

from urllib.parse import urlsplit


def local_path(wanted: str) -> str:
    """A path of ours; anything that could lead elsewhere leads home.

    Browsers take a backslash for a slash and leave out line ends and tabs, so neither may stand anywhere in it.
    """
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable() and "\\" not in wanted
    return wanted if is_ours and not has_host(wanted) else "/"


def has_host(wanted: str) -> bool:
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return True
    return bool(parts.netloc or parts.scheme)
