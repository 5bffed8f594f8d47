"""What people corrected, from the command line: to judge a model by, and to teach the next one."""

import json

import click
from flask.cli import AppGroup

from app.classification.corrections import corrected_comments
from app.cli.known import known_organisation
from app.db import reading

corrections = AppGroup("corrections", help="Comments whose verdict a person corrected.")


@corrections.command("export")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
def export_command(*, slug: str) -> None:
    """Write each corrected comment as a JSON line, as `python -m training --own` reads it.

    The lines hold what shoppers wrote: keep the file as you keep the database.
    """
    with reading(known_organisation(slug)) as session:
        for one in corrected_comments(session):
            row = {
                "text": one.text,
                "label": one.sentiment,
                "lang": one.language or "other",
                "topics": {topic.topic: int(topic.polarity) for topic in one.meaning.topics},
                "flags": [flag.flag for flag in one.meaning.flags],
            }
            click.echo(json.dumps(row, ensure_ascii=False))
