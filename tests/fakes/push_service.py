"""A push service and the browser behind it: it takes sealed messages over HTTP and opens them as a browser would."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes, token_urlsafe
from threading import Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """One subscribed browser; `status` is what its push service answers."""

    service: str
    path: str = field(default_factory=lambda: f"/send/{token_urlsafe(12)}")
    status: int = 201
    messages: list[dict[str, Any]] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _auth: bytes = field(default_factory=lambda: token_bytes(16))

    @property
    def keys(self) -> dict[str, str]:
        """What the page sends to us."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.service + self.path, "p256dh": _text(point), "auth": _text(self._auth)}

    def take(self, body: bytes, authorization: str) -> None:
        assert Vapid02.verify(authorization)
        self.signatures.append(authorization)
        opened = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        self.messages.append(json.loads(opened))


class PushService:
    """Subscribe browsers with `browser()`."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.url = ""

    def browser(self) -> Browser:
        one = Browser(self.url)
        self.browsers[one.path] = one
        return one


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service on a free port while the block runs."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            browser = service.browsers[self.path]
            if browser.status == 201:
                assert self.headers["content-encoding"] == "aes128gcm"
                assert int(self.headers["ttl"]) > 0
                browser.take(body, self.headers["authorization"])
            self.send_response(browser.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
