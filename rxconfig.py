"""Reflex's settings. Nothing here depends on the port or the public address: one build serves every host."""

import reflex as rx

from vannilli_app.build import Languages, Offline, PaintFirst, SameOrigin
from vannilli_app.config import settings

config = rx.Config(
    app_name="vannilli_app",
    api_url="",
    cors_allowed_origins=list(settings().origins),
    trusted_proxy_hops=settings().trusted_proxies,
    default_color_mode="dark",  # a stage; the footer turns the lights on
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],  # the first that the browser takes is sent
    redis_url=settings().redis_url.get_secret_value() or None,  # states that any server may go on with
    redis_token_expiration=7 * 24 * 3600,  # seconds; also how long a state on disk lives
    plugins=[SameOrigin(), Languages(), PaintFirst(), Offline()],
    disable_plugins=[rx.plugins.SitemapPlugin],  # the server knows its own address: calculator/site.py
)
