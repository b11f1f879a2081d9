"""What deploys Vannilli, by the field's own checkers. No container engine is needed, and none has run them here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from vannilli_app.config import ROOT, Settings

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMPOSE = ROOT / "deploy" / "compose.yaml"
SCHEMA = "check-jsonschema --builtin-schema"


@pytest.mark.parametrize(
    "command",
    [
        "hadolint deploy/Dockerfile",
        f"{SCHEMA} vendor.compose-spec deploy/compose.yaml",
        f"{SCHEMA} vendor.github-workflows {' '.join(map(str, WORKFLOWS))}",
        f"{SCHEMA} custom.github-workflows-require-timeout {' '.join(map(str, WORKFLOWS))}",
        f"{SCHEMA} vendor.dependabot .github/dependabot.yml",
        "zizmor --offline --quiet .github",
        "caddy validate --adapter caddyfile --config deploy/Caddyfile",
        "caddy fmt deploy/Caddyfile",
    ],
    ids=lambda command: " ".join(command.split()[:3]).replace("/", "-"),
)
def test_each_file_passes_its_checker(command: str, tmp_path: Path) -> None:
    program, *arguments = command.split()
    env = {
        **os.environ,
        "DOMAIN": "localhost",
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_of_ours_is_confined_and_may_write_its_data_alone() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    ours = {name: one for name, one in services.items() if one["image"].startswith("vannilli")}
    assert ours.keys() == {"server-a", "server-b", "worker-a", "worker-b", "migrate", "storage"}
    for name, one in ours.items():
        assert (one["read_only"], one["cap_drop"], one["volumes"]) == (True, ["ALL"], ["data:/data"]), name
    assert re.search(r"^USER \d+$", (ROOT / "deploy" / "Dockerfile").read_text(), re.M)


def test_what_is_set_is_a_setting() -> None:
    known = {name.upper() for name in Settings.model_fields}
    known |= {"DOMAIN", "COMPOSE_PROFILES", "POSTGRES_PASSWORD"}  # the compose file's own
    example = (ROOT / "deploy" / "example.env").read_text()
    given = set(re.findall(r"^(\w+)=", example, re.M))
    given |= yaml.safe_load(COMPOSE.read_text())["services"]["server-a"]["environment"].keys()
    assert given <= known


def test_the_image_has_what_runs_and_nothing_else() -> None:
    """Everything that the pages' build reads is let into the image; tests, data and history are not."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == {
        "requirements.txt", "rxconfig.py", "alembic.ini", "alembic", "assets", "vannilli_app", "reflex.lock",
    }  # fmt: skip
    assert all((ROOT / name).exists() for name in let_in)
