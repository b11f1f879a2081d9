import json
import logging
import sys

import pytest

from vannilli_app.logs import JsonLines, configure, request_id, without_secrets


def line(message, *args, **kwargs):
    record = logging.getLogger("vannilli.test").makeRecord(
        "vannilli.test", logging.INFO, __file__, 1, message, args, kwargs.pop("exc_info", None), extra=kwargs
    )
    return json.loads(JsonLines().format(record))


def test_a_record_is_one_line_of_json():
    found = line("took %s\ntakes", 3, generation="g1", seconds=2.5)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "INFO",
        "logger": "vannilli.test",
        "message": "took 3\ntakes",
        "generation": "g1",
        "seconds": "2.5",
    }


def test_the_request_is_named_in_every_line_of_it():
    token = request_id.set("r-1")
    try:
        assert line("x")["request_id"] == "r-1"
    finally:
        request_id.reset(token)
    assert "request_id" not in line("x")


def test_an_exception_is_told_without_its_secrets():
    try:
        raise ConnectionError("postgresql://vannilli:hunter2@db/x refused")
    except ConnectionError:
        found = line("no database", exc_info=sys.exc_info())
    assert "ConnectionError" in found["exception"]
    assert "hunter2" not in found["exception"]


@pytest.mark.parametrize(
    "name", ["password", "refresh_token", "secret_key", "Authorization", "device_fingerprint"]
)
def test_fields_with_the_name_of_a_secret_are_blotted_out(name):
    assert line("x", **{name: "hunter2"})[name] == "***"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("cookie eyJhbGciOi.eyJzdWIi.c2ln end", "cookie *** end"),
        ("redis://user:hunter2@host:6379/0", "redis://user:***@host:6379/0"),
        ("GET /files/a.mp4?expires=5&signature=abc HTTP", "GET /files/a.mp4?expires=5&signature=*** HTTP"),
        (
            "PUT https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1",
            "PUT https://s3/x?X-Amz-Signature=***&X-Amz-Date=***",
        ),
        ('{"password": "hunter2", "bpm": 140}', '{"password": "***", "bpm": 140}'),
        ("hash $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", "hash ***"),
        ("8 bars at 140 BPM: 14 credits", "8 bars at 140 BPM: 14 credits"),
    ],
)
def test_secrets_never_reach_a_line(text, kept):
    assert without_secrets(text) == kept


def test_every_logger_speaks_json_from_the_level_on(capsys):
    before = logging.root.handlers[:], logging.root.level
    try:
        configure("WARNING")
        logging.getLogger("uvicorn.access").info("quiet")
        logging.getLogger("anything").warning("loud")
    finally:
        logging.root.handlers[:], logging.root.level = before
    [written] = capsys.readouterr().err.splitlines()
    assert json.loads(written)["message"] == "loud"
