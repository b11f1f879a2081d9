import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner

from tests.conftest import forget_choices
from tests.media import grooves, makers
from vannilli_app.cli import app
from vannilli_app.config import ROOT, settings
from vannilli_app.media.beats import NoBeat


def vannilli(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def clip(path: Path, frames: int) -> Path:
    """A circle that moves over a grey picture, 96 x 96 px at 24 fps."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width = stream.height = 96
        stream.pix_fmt = "yuv420p"
        for index in range(frames):
            picture = np.full((96, 96, 3), 90, np.uint8)
            cv2.circle(picture, (20 + 2 * index, 48), 12, (200, 180, 40), -1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        out.mux(stream.encode())
    return path


def test_duration_as_json():
    done = vannilli("duration", 140, 8, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "bpm": 140,
        "bars": 8,
        "time_signature": "4/4",
        "beat_unit": "quarter",
        "exact_seconds": 96 / 7,
        "billed_seconds": 14,
        "part_name": "Hook",
        "beats": 32,
    }


def test_duration_in_words():
    done = vannilli("duration", "93.5", "8.5", "--time-signature", "7/8", "--beat-unit", "denominator")
    assert done.stdout == "Verse: 8.5 bars at 93.5 last 38.182 s, billed as 39 s.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("duration", 300, 8), "The tempo goes from 60 to 200 BPM"),
        (("duration", "fast", 8), "The tempo goes from 60 to 200 BPM"),
        (("duration", 140, 99), "1 to 32 bars"),
        (("duration", 140, 8, "--time-signature", "waltz"), "waltz is not a time signature"),
        (("probe", "/nowhere/clip.mp4"), "There is no file /nowhere/clip.mp4"),
        (("probe", __file__), "not a video, a track or a picture"),
        (("animate", "a.png", "b.mp4", "c.mp4"), "There is no file a.png"),
        (("animate", __file__, __file__, "c.mp4", "--size", "721x1280"), "721x1280 is not a size"),
        (("animate", __file__, __file__, "c.mp4", "--size", "huge"), "huge is not a size"),
        (("animate", __file__, __file__, "c.mp4", "--face", "7,2"), "7,2 is not a place"),
        (("animate", __file__, __file__, "c.mp4", "--performer", "left"), "left is not a place"),
        (("animate", __file__, __file__, "/nowhere/c.mp4"), "There is no folder /nowhere"),
        (("animate", __file__, __file__, "c.mp4", "--audio", "d.wav"), "There is no file d.wav"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_on_stderr(words, sentence):
    done = vannilli(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_tempo_says_where_the_beats_are(tmp_path):
    played = grooves.groove("house", 124, bars=4)
    makers.wav(tmp_path / "track.wav", np.repeat(played.sound, 3))
    found = json.loads(vannilli("tempo", tmp_path / "track.wav", "--json").stdout)
    assert found["bpm"] == pytest.approx(124, abs=0.1)
    assert found["downbeats"][0] == pytest.approx(played.lead, abs=0.03)
    assert 62 in [round(bpm) for bpm in found["alternatives"]]
    assert len(found["beats"]) > 3 * len(found["downbeats"])
    makers.wav(tmp_path / "silence.wav", np.zeros(48_000 * 5, np.float32))
    refused = vannilli("tempo", tmp_path / "silence.wav")
    assert (refused.exit_code, refused.stderr.strip()) == (1, NoBeat.__doc__)


def test_align_says_where_the_track_begins(tmp_path):
    song = makers.music(8)
    makers.wav(tmp_path / "track.wav", song)
    makers.wav(tmp_path / "take.wav", np.concatenate([np.zeros(48_000 // 4, np.float32), 0.3 * song]))
    found = json.loads(vannilli("align", tmp_path / "track.wav", tmp_path / "take.wav", "--json").stdout)
    assert found["offset_ms"] == pytest.approx(250, abs=1)
    assert (found["method"], found["confidence"] > 0.25) == ("bleed", True)
    makers.wav(tmp_path / "other.wav", makers.music(8, bpm=101, seed=7))
    assert "cannot be heard" in vannilli("align", tmp_path / "track.wav", tmp_path / "other.wav").stdout


def test_probe_says_what_a_file_is(tmp_path):
    done = vannilli("probe", clip(tmp_path / "clip.mp4", 12), "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["kind"], found["width"], found["height"]) == ("video", 96, 96)
    assert (found["fps"], found["frames"], found["duration"]) == (24, 12, 0.5)
    assert "video_codec h264" in vannilli("probe", tmp_path / "clip.mp4").stdout


def test_animate_makes_a_video_of_a_picture_without_a_face(tmp_path):
    image, out = tmp_path / "image.png", tmp_path / "out.mp4"
    cv2.imwrite(str(image), np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    driver = clip(tmp_path / "driver.mp4", 24)
    done = vannilli("animate", image, driver, out, "--size", "96x128", "--bpm", 120, "--draft", "--json")
    assert done.exit_code == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["mode"], made["seconds"]) == ("scene", 1.0)
    assert made["realtime_factor"] > 0
    with av.open(str(out)) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (96, 128, Fraction(30))


@pytest.fixture
def ana(environment, database_url):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO users (email, password_hash) VALUES ('ana@example.com', 'x')")
        yield connection


def test_credits_are_granted_with_an_entry_of_their_own_kind(ana):
    done = vannilli("credits", "grant", " Ana@example.com", 14, "--reason", "a lost render", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["credits_remaining"] == 14
    again = vannilli("credits", "grant", "ana@example.com", 1, "--reason", "another")
    assert again.stdout == "ana@example.com has 15 credits.\n"
    entries = ana.execute("SELECT kind, amount, reason FROM credit_entries ORDER BY created_at").fetchall()
    assert entries == [("admin", 14, "a lost render"), ("admin", 1, "another")]
    audited = ana.execute(
        "SELECT action, metadata ->> 'reason' FROM audit_log ORDER BY created_at"
    ).fetchall()
    assert audited == [("credits_granted", "a lost render"), ("credits_granted", "another")]


def test_the_role_of_admins_is_given_and_taken_here_alone(ana):
    for command, role in (("grant", "admin"), ("revoke", "artist")):
        done = vannilli("admin", command, "ana@example.com", "--json")
        assert json.loads(done.stdout) == {"email": "ana@example.com", "role": role}
        assert ana.execute("SELECT role FROM users").fetchone() == (role,)
    assert ana.execute("SELECT count(*) FROM audit_log WHERE action LIKE 'admin_%'").fetchone() == (2,)
    assert vannilli("admin", "grant", "nobody@example.com").exit_code == 1


@pytest.mark.parametrize("email", ["nobody@example.com", "nobody"])
def test_credits_for_nobody(ana, email):
    done = vannilli("credits", "grant", email, 14, "--reason", "x")
    assert (done.exit_code, done.stderr) == (1, f"Nobody has an account as {email}. Check the address.\n")


def test_credits_are_given_and_never_taken(ana):
    assert vannilli("credits", "grant", "ana@example.com", 0, "--reason", "x").exit_code == 2
    assert ana.execute("SELECT count(*) FROM credit_entries").fetchone() == (0,)


def test_a_database_that_is_away_and_one_without_tables(environment, postgres, monkeypatch):
    for url, sentence in [
        ("postgresql://x:x@127.0.0.1:1/x", "The database does not answer."),
        (postgres.url("postgres"), "Run: vannilli migrate"),
    ]:
        monkeypatch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        done = vannilli("credits", "grant", "ana@example.com", 1, "--reason", "x")
        assert done.exit_code == 1
        assert sentence in done.stderr


def test_providers_are_put_in_order_and_switched_off(environment, database, monkeypatch):
    monkeypatch.setenv("RUNWAY_API_KEY", "key_of_the_tests")
    forget_choices()
    assert "Runway Act-Two" in vannilli("providers").stdout
    done = vannilli("providers", "--order", "local,runway", "--off", "runway", "--json")
    found = json.loads(done.stdout)["providers"]
    assert [(one["provider"], one["able"]) for one in found] == [("local", True), ("runway", False)]
    assert found[1]["why_not"] == "Runway Act-Two is switched off for now."
    assert json.loads(vannilli("providers", "--off", "", "--json").stdout)["providers"][1]["able"]
    assert "There is no pika here" in vannilli("providers", "--order", "pika").stderr


def test_without_an_address_the_embedded_database_is_used(environment, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    settings.cache_clear()
    assert vannilli("migrate").stdout == "The tables are up to date.\n"
    done = vannilli("credits", "grant", "ana@example.com", 1, "--reason", "x")
    assert "Nobody has an account" in done.stderr


def test_a_server_and_a_worker_of_their_own_need_an_address(environment, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    settings.cache_clear()
    for command in ("worker", "serve"):
        assert "Set DATABASE_URL" in vannilli(command).stderr


def test_settings_that_contradict_are_told_in_sentences(environment, monkeypatch):
    monkeypatch.setenv("VANNILLI_ENV", "production")
    settings.cache_clear()
    done = vannilli("migrate")
    assert done.exit_code == 1
    assert done.stderr.startswith("Set PUBLIC_URL to the https address of the app.")
    assert "Traceback" not in done.stderr


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "vannilli_app.cli", "duration", "120", "16", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["billed_seconds"] == 32
