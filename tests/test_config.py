import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError

from vannilli_app.cli import settings_table
from vannilli_app.config import ROOT, Settings

SAFE = {
    "stripe_secret_key": "sk_test_1",
    "stripe_webhook_secret": "whsec_1",
    "support_email": "help@vannilli.example",
    "smtp_url": "smtps://user:password@mail.example",
    "vannilli_env": "production",
    "secret_key": "x" * 40,
    "public_url": "https://vannilli.example",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def make(**values) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_readme_has_the_table_of_settings():
    assert settings_table() in (ROOT / "README.md").read_text(), (
        "put in: python -m vannilli_app.cli settings-table"
    )


def test_every_setting_says_what_it_does_and_names_no_machine():
    lines = settings_table().splitlines()[2:]
    assert len(lines) == len(Settings.model_fields)
    for line in lines:
        name, default, words = (cell.strip() for cell in line.strip("|").split(" | "))
        assert name == name.upper()
        assert words
        assert str(ROOT) not in default


def test_production_starts_with_safe_settings():
    config = make(**SAFE)
    assert config.is_production
    assert config.origins == ("https://vannilli.example",)
    assert config.free_per_day == 1


@pytest.mark.parametrize(
    ("unsafe", "sentence"),
    [
        ({"secret_key": ""}, "Set SECRET_KEY"),
        ({"secret_key": "x" * 31}, "Set SECRET_KEY to 32"),
        ({"smtp_url": ""}, "Set SMTP_URL"),
        ({"s3_endpoint_url": "http://store.example"}, "Set S3_ENDPOINT_URL to an https"),
        ({"kling_base_url": "http://kling.example"}, "Set KLING_BASE_URL to an https"),
        ({"public_url": ""}, "Set PUBLIC_URL"),
        ({"public_url": "http://vannilli.example"}, "Set PUBLIC_URL"),
        ({"cors_allowed_origins": "*"}, "Set CORS_ALLOWED_ORIGINS"),
        ({"stripe_secret_key": ""}, "Set STRIPE_SECRET_KEY"),
        ({"stripe_webhook_secret": ""}, "Set STRIPE_WEBHOOK_SECRET"),
        ({"support_email": ""}, "Set SUPPORT_EMAIL"),
        ({"stripe_api_base": "http://localhost:1"}, "Unset STRIPE_API_BASE"),
        ({"extra_providers": "tests.fakes:add"}, "Unset EXTRA_PROVIDERS"),
    ],
)
def test_production_refuses_what_is_unsafe(unsafe, sentence):
    with pytest.raises(ValidationError, match=sentence):
        make(**SAFE | unsafe)


def test_elsewhere_the_defaults_do(tmp_path):
    config = make(port=9000)
    assert config.base_url == "http://localhost:9000"
    assert config.origins == ("http://127.0.0.1:9000", "http://localhost:9000")
    assert config.free_per_day == 20
    assert make(free_generations_per_day=3).free_per_day == 3
    assert make(public_url="http://here/").base_url == "http://here"
    assert make(cors_allowed_origins=" https://a.example/ , ,https://b.example").origins == (
        "https://a.example",
        "https://b.example",
    )


def test_a_generated_secret_is_kept_and_private(tmp_path):
    config = make(data_dir=tmp_path / "data")
    secret = config.signing_key()
    assert len(secret) >= 32
    assert make(data_dir=tmp_path / "data").signing_key() == secret
    [file] = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_processes_that_start_together_all_have_the_same_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: make(data_dir=tmp_path).signing_key(), range(32)))
    assert len(secrets) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_given_secret_is_taken_and_never_shown():
    config = make(secret_key="a given secret")
    assert config.signing_key() == b"a given secret"
    assert "a given secret" not in repr(config)
