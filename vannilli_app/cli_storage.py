"""`vannilli storage`: the S3 store."""

from dataclasses import asdict

import typer

from vannilli_app.cli_words import Json, show
from vannilli_app.config import settings
from vannilli_app.errors import Invalid

storage_app = typer.Typer(help="The S3 store.", no_args_is_help=True)


@storage_app.callback()
def _group() -> None:
    """Keeps `setup` a command of its own while it is the only one."""


@storage_app.command()
def setup(as_json: Json = False) -> None:
    """Make buckets, CORS rules and lifecycle rules where they lack, and read them back. The exit status is 1 when
    the store did not keep one."""
    from vannilli_app.storage.s3 import connect
    from vannilli_app.storage.setup import set_up

    config = settings()
    if not config.s3_endpoint_url:
        raise Invalid("Set S3_ENDPOINT_URL first. Files in DATA_DIR need no setting up.")
    client = connect(
        config.s3_endpoint_url,
        access_key_id=config.s3_access_key_id,
        secret_access_key=config.s3_secret_access_key.get_secret_value(),
        region=config.s3_region,
    )
    steps = set_up(client, config.origins)
    client.close()
    lines = [
        f"{'ok  ' if one.well else 'WRONG'} {one.what}{' (set now)' if one.changed and one.well else ''} {one.why_not}"
        for one in steps
    ]
    show({"steps": [asdict(one) for one in steps]}, "\n".join(line.rstrip() for line in lines), as_json)
    if not all(one.well for one in steps):
        raise typer.Exit(1)
