"""What a name on the command line may be."""

import click

from app.errors import Invalid
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count


def one_line_name(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A name on one line, not empty and not endless."""
    try:
        text = clean_line(value)
    except Invalid:
        raise click.BadParameter("holds bytes that are not UTF-8.") from None
    if not text or grapheme_count(text) > NAME_GRAPHEMES:
        raise click.BadParameter(f"needs 1 to {NAME_GRAPHEMES} characters.")
    return text
