"""Cells that a spreadsheet would calculate: a quotation mark before them when written, taken off when read."""

# Also the full-width forms, which some programs take for the same.
CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUOTE = "'"


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not calculate; `unquoted` gives back just what it was."""
    return QUOTE + cell if cell.startswith((*CALCULATES, QUOTE)) else cell


def unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith(QUOTE) and cell[1:].startswith((*CALCULATES, QUOTE)) else cell
