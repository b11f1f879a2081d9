"""What every command of the command line says in the same way."""

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show(found: dict[str, Any], words: str, as_json: bool) -> None:
    """Print what was found, for a program or for a person."""
    typer.echo(json.dumps(found) if as_json else words)
