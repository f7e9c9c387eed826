"""Files that are answered: sent while they are made, under a name, with the type that they say themselves."""

from collections.abc import Iterable

from flask import current_app, stream_with_context
from werkzeug.wrappers import Response

CSV = "text/csv; charset=utf-8"


def download(pieces: Iterable[bytes], name: str, content_type: str) -> Response:
    """`name` is one of ours; `content_type` says the encoding too, where there is one."""
    answer = current_app.response_class(stream_with_context(iter(pieces)), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
