"""Pieces of a file put together: what is sent one line at a time costs a hundred times what its lines cost."""

from collections.abc import Iterable, Iterator

A_BLOCK = 64 * 1024


def in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, in blocks of so many or a little more; the last one is what is left."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= A_BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
