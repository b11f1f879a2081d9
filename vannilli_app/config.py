"""The one place that reads the environment. Every setting of the README's table is a field here."""

import base64
import secrets
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LEAST_SECRET = 32  # characters
ADDRESSES = ("s3_endpoint_url", "kling_base_url", "runway_base_url", "fal_queue_url", "fal_jwks_url")
"""Settings that are somebody's address, which in production is an encrypted one."""


class Settings(BaseSettings):
    """Read once from the environment and from `.env`; a field's name in capitals is its variable."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True)

    vannilli_env: Literal["development", "test", "production"] = Field(
        "development", description="`production` refuses unsafe defaults"
    )
    port: int = Field(8000, ge=0, le=65535, description="the one port of server, API and pages")
    public_url: str = Field("", description="how people reach the app; default http://localhost:PORT")
    https: bool = Field(
        False, description="serve https with a certificate of its own CA, for phones in this network"
    )
    data_dir: Path = Field(ROOT / "data", description="embedded database, files, outbox, generated secret")
    secret_key: SecretStr = Field(SecretStr(""), description="signs sessions and links; generated when unset")
    secret_key_old: SecretStr = Field(
        SecretStr(""), description="what SECRET_KEY was before: still reads what is stored"
    )

    database_url: str = Field("", description="the owner's PostgreSQL 15+; embedded when unset")
    database_app_url: str = Field("", description="login of the app role; else SET LOCAL ROLE")
    database_service_url: str = Field("", description="login of the service role; else SET LOCAL ROLE")
    database_direct_url: str = Field("", description="past a transaction pooler: LISTEN and migrations")

    s3_endpoint_url: str = Field("", description="an S3 store; files in DATA_DIR when unset")
    s3_access_key_id: str = Field("", description="the store's key id")
    s3_secret_access_key: SecretStr = Field(SecretStr(""), description="the store's secret key")
    s3_region: str = Field("auto", description="the store's region (R2: auto)")

    kling_api_key: SecretStr = Field(
        SecretStr(""), description="Kling 2.6 motion control; not offered when unset"
    )
    kling_base_url: str = Field("https://api-singapore.klingai.com", description="Kling's address")
    kling_webhook_secret: SecretStr = Field(
        SecretStr(""), description="verifies Kling's callbacks; none when unset"
    )
    kling_access_key: str = Field(
        "", description="an account of Kling's legacy standard, instead of the API key"
    )
    kling_secret_key: SecretStr = Field(SecretStr(""), description="the legacy account's secret")
    runway_api_key: SecretStr = Field(SecretStr(""), description="Runway Act-Two; not offered when unset")
    runway_base_url: str = Field("https://api.dev.runwayml.com", description="Runway's address")
    fal_key: SecretStr = Field(
        SecretStr(""), description="Pika, Kling and Wan through fal; not offered when unset"
    )
    fal_queue_url: str = Field("https://queue.fal.run", description="fal's queue")
    fal_jwks_url: str = Field(
        "https://rest.fal.ai/.well-known/jwks.json", description="the keys that verify fal's callbacks"
    )

    stripe_secret_key: SecretStr = Field(
        SecretStr(""), description="Stripe; a sandbox in which no money moves when unset"
    )
    stripe_webhook_secret: SecretStr = Field(
        SecretStr(""), description="verifies Stripe's events; `vannilli stripe setup` prints it"
    )
    stripe_api_base: str = Field("", description="Stripe's address, to test against another")
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp(s)://user:password@host:port; mail goes to DATA_DIR/outbox when unset",
    )
    mail_from: str = Field("", description="the sender; default Vannilli <no-reply@ the host of PUBLIC_URL>")
    security_contact: str = Field(
        "", description="whom to tell of a weakness, in /.well-known/security.txt: an address or a link"
    )
    support_email: str = Field("", description="where answers to our mails go; production needs it")
    slack_webhook_url: SecretStr = Field(
        SecretStr(""), description="Slack channel that is told of alerts; none when unset"
    )
    alert_emails: str = Field("", description="comma-separated; who is mailed alerts")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer token of /metrics; only this machine may read it when unset"
    )
    sentry_dsn: SecretStr = Field(SecretStr(""), description="errors are sent there; nowhere when unset")
    sentry_replay: float = Field(
        0,
        ge=0,
        le=1,
        description="share of the visits that Sentry records whole, masked (0 to 1); of the others the last minute"
        " before an error and what follows; none when 0",
    )
    otel_exporter_otlp_endpoint: str = Field(
        "",
        description="an OpenTelemetry collector's address (OTLP over HTTP) that traces go to; none when unset",
    )
    vapid_private_key: SecretStr = Field(
        SecretStr(""),
        description="signs notifications to browsers, base64url of a P-256 key; generated when unset",
    )
    push_services: str = Field(
        "fcm.googleapis.com,.push.services.mozilla.com,.notify.windows.com,.push.apple.com",
        description="hosts, and domains after a dot, that notifications are sent to",
    )
    redis_url: SecretStr = Field(
        SecretStr(""), description="states and rate limits of several servers; on this machine when unset"
    )

    c2pa_certificates: Path | None = Field(
        None, description="PEM chain that signs content credentials; made in DATA_DIR when unset"
    )
    c2pa_private_key: Path | None = Field(None, description="PEM key of its first certificate")
    c2pa_timestamp_url: str = Field("", description="a time stamp authority (RFC 3161); none when unset")

    free_generations_per_day: int = Field(
        0, ge=0, description="free tier, by device, account and IP; default 1 in production, 20 elsewhere"
    )
    max_section_seconds: int = Field(192, ge=1, description="the longest section that may be made")
    providers: Literal["", "fake"] = Field(
        "",
        description="`fake` starts fakes of every paid provider here, to try by hand; refused in production",
    )
    payments: Literal["", "fake"] = Field(
        "", description="`fake` starts a fake of Stripe here, to try by hand; refused in production"
    )
    extra_providers: str = Field("", description="module:function that adds providers; refused in production")
    requests_per_minute: int = Field(60, ge=1, description="API requests a minute for one address")
    auth_requests_per_minute: int = Field(
        20, ge=1, description="the same for signing in, signing up and mailed links"
    )
    events_per_minute: int = Field(
        1200, ge=1, description="events a minute that the open pages of one address may send"
    )
    cors_allowed_origins: str = Field("", description="comma-separated; default PUBLIC_URL only")
    trusted_proxies: int = Field(0, ge=0, description="how many proxies in front set X-Forwarded-For")
    drain_seconds: float = Field(
        0,
        ge=0,
        description="how long a server serves on that was told to end: its pages go one by one, and the proxy sees it",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level logged")

    @property
    def is_production(self) -> bool:
        return self.vannilli_env == "production"

    @property
    def owner_url(self) -> str:
        """The owner's login, past a transaction pooler: migrations and backups. "" until a database is started."""
        return self.database_direct_url or self.database_url

    @property
    def listening_url(self) -> str:
        """A login of the service that may LISTEN: the queue and the push, which nothing may pool."""
        return self.database_direct_url or self.database_service_url or self.database_url

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash."""
        return (self.public_url or f"{self._scheme}://localhost:{self.port}").rstrip("/")

    @property
    def _scheme(self) -> str:
        return "https" if self.https else "http"

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins whose pages may call us with a cookie: ours, as the person may spell it on one machine."""
        if self.cors_allowed_origins:
            return tuple(o.strip().rstrip("/") for o in self.cors_allowed_origins.split(",") if o.strip())
        own = {self.base_url}
        if not self.is_production:
            own |= {f"{self._scheme}://{host}:{self.port}" for host in ("localhost", "127.0.0.1")}
        return tuple(sorted(own))

    @property
    def free_per_day(self) -> int:
        return self.free_generations_per_day or (1 if self.is_production else 20)

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if not self.is_production:
            return self
        problems = [
            (
                len(self.secret_key.get_secret_value()) < LEAST_SECRET,
                f"Set SECRET_KEY to {LEAST_SECRET} or more random characters.",
            ),
            (urlsplit(self.base_url).scheme != "https", "Set PUBLIC_URL to the https address of the app."),
            ("*" in self.cors_allowed_origins, "Set CORS_ALLOWED_ORIGINS to named origins, not *."),
            (
                not self.stripe_secret_key.get_secret_value(),
                "Set STRIPE_SECRET_KEY: the sandbox takes no money.",
            ),
            (
                not self.stripe_webhook_secret.get_secret_value(),
                "Set STRIPE_WEBHOOK_SECRET: `VANNILLI_ENV=development vannilli stripe setup` makes it.",
            ),
            (
                "@" not in self.support_email,
                "Set SUPPORT_EMAIL: people get their money back by answering a mail of ours.",
            ),
            (not self.smtp_url.get_secret_value(), "Set SMTP_URL: else no mail reaches anybody."),
            *(
                (getattr(self, name).startswith("http:"), f"Set {name.upper()} to an https address.")
                for name in ADDRESSES
            ),
            (bool(self.stripe_api_base), "Unset STRIPE_API_BASE: it is for tests."),
            (bool(self.extra_providers), "Unset EXTRA_PROVIDERS: it is for tests."),
            (bool(self.providers), "Unset PROVIDERS: it is for trying by hand."),
            (bool(self.payments), "Unset PAYMENTS: it is for trying by hand."),
        ]
        if found := [sentence for wrong, sentence in problems if wrong]:
            raise ValueError(" ".join(found))
        return self

    def signing_key(self) -> bytes:
        """The secret that signs sessions and links; made once and kept in DATA_DIR (0600) when none is set."""
        if given := self.secret_key.get_secret_value():
            return given.encode()
        return self._kept_key.encode()

    @cached_property  # every request asks for it
    def _kept_key(self) -> str:
        return self._kept("secret_key", secrets.token_urlsafe(48))

    def stored_keys(self) -> list[bytes]:
        """The signing key, and after it the one before, under which something may still be stored. That one opens
        nothing that comes from outside."""
        before = self.secret_key_old.get_secret_value().encode()
        return [self.signing_key(), before] if before else [self.signing_key()]

    def vapid_key(self) -> str:
        """The private key that signs notifications, base64url; made once and kept like `signing_key`."""
        return self.vapid_private_key.get_secret_value() or self._kept("vapid_key", _fresh_p256_key())

    def _kept(self, name: str, otherwise: str) -> str:
        """The secret of a file in DATA_DIR (0600), which is `otherwise` from now on when there is none."""
        path = self.data_dir / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(otherwise)
            try:
                path.hardlink_to(fresh)  # atomic: of two processes that start together, one wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()


def _fresh_p256_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


@cache
def settings() -> Settings:
    """The process's settings."""
    return Settings()
