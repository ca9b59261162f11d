"""``eqmorph schema``: the JSON Schemas of all documents that are printed and written."""

from __future__ import annotations

import click

from eqmorph.cli import completing
from eqmorph.cli.groups import did_you_mean
from eqmorph.errors import UsageError


@click.command(short_help="Print the shape of what --json prints.")
@click.argument("name", required=False, shell_complete=completing.documents)
def command(name: str | None) -> None:
    """Print the JSON Schema (draft 2020-12) of a document NAME; without a name, which there are.

    \b
    eqmorph schema
    eqmorph schema apply > apply.schema.json
    eqmorph schema trajectory
    """
    import json

    from eqmorph.cli.output import listing
    from eqmorph.schemas import schema, schema_names

    names = schema_names()
    if name is None:
        for line in listing([(known, schema(known)["description"]) for known in names]):
            click.echo(line)
        return
    if name not in names:
        import difflib

        near = did_you_mean(difflib.get_close_matches(name, names, n=2))
        raise UsageError(f"there is no document {name!r}", hint=near or "See them all with: eqmorph schema")
    click.echo(json.dumps(schema(name), indent=2))
