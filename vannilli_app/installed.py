"""What the installed app has besides its pages, in the language that holds here: its manifest, and what stands where a
page needs a connection. The build writes both, once for each language."""

from html import escape
from typing import Any

from vannilli_app import routes
from vannilli_app.words import _, at, language

_DARK = "#0c0a10"
_ICON = {"src": "/icons/192.png", "sizes": "192x192", "type": "image/png"}


def manifest() -> dict[str, Any]:
    """The web app manifest. Every language's has the same id: it is one app."""
    shortcuts = {
        _("New video"): routes.STUDIO_NEW,
        _("Your videos"): routes.STUDIO,
        _("Tempo calculator"): routes.CALCULATOR,
    }
    return {
        "id": "/",
        "lang": language(),
        "name": "Vannilli",
        "short_name": "Vannilli",
        "description": _("You sing it, they mouth it: music videos by the bar."),
        "start_url": at(routes.STUDIO),
        "scope": "/",
        "display": "standalone",
        "background_color": _DARK,
        "theme_color": _DARK,
        "categories": ["music", "video"],
        "icons": [
            _ICON | {"purpose": "any"},
            _icon("512", "any"),
            _icon("512-maskable", "maskable"),
        ],
        "shortcuts": [{"name": name, "url": at(path), "icons": [_ICON]} for name, path in shortcuts.items()],
        "screenshots": [
            _screenshot("calculator-narrow", "390x844", _("Tempo calculator")),
            _screenshot("home-narrow", "390x844", _("You sing it. They mouth it.")),
            _screenshot("home-wide", "1280x800", _("You sing it. They mouth it.")),
        ],
        "share_target": {
            "action": at(routes.SHARED_TRACK),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "files": [{"name": "track", "accept": ["audio/*", ".mp3", ".wav", ".flac", ".m4a", ".ogg"]}]
            },
        },
    }


def _icon(name: str, purpose: str) -> dict[str, str]:
    return {"src": f"/icons/{name}.png", "sizes": "512x512", "type": "image/png", "purpose": purpose}


def _screenshot(name: str, size: str, label: str) -> dict[str, str]:
    return {
        "src": f"/screenshots/{name}.webp",
        "sizes": size,
        "type": "image/webp",
        "form_factor": name.rpartition("-")[2],
        "label": label,
    }


def offline_page() -> str:
    """A page of its own, without the app's scripts: it has to stand when nothing else has come."""
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>'
        f'<meta name="theme-color" content="{_DARK}"/><meta name="robots" content="noindex"/>'
        f"<title>{escape(_('Offline'))} · Vannilli</title>"
        f'<link rel="icon" href="/icons/icon.svg" type="image/svg+xml"/><style>{_STYLE}</style></head><body><main>'
        '<p class="bars" aria-hidden="true"><i></i><i></i><i></i><i></i></p>'
        f"<h1>{escape(_('This page needs a connection.'))}</h1>"
        f"<p>{escape(_('The calculator works without one, and so do the drafts on this device.'))}</p>"
        f'<p class="ways"><a class="main" href="{at(routes.CALCULATOR)}">{escape(_("Open the calculator"))}</a>'
        f'<a href="{at(routes.STUDIO)}">{escape(_("Your videos"))}</a></p></main></body></html>'
    )


_STYLE = """
@font-face { font-family: Bricolage; src: url(/fonts/bricolage-grotesque.woff2) format("woff2"); font-weight: 200 800; }
@font-face { font-family: Instrument; src: url(/fonts/instrument-sans.woff2) format("woff2"); font-weight: 400 700; }
:root { color-scheme: dark; }
body { margin: 0; min-height: 100dvh; display: grid; place-content: center; padding: 1.5rem; background: #0c0a10;
  color: #f5efe2; font: 1rem/1.5 Instrument, system-ui, sans-serif; }
main { max-width: 30rem; }
h1 { font: 700 2.25rem/1.1 Bricolage, system-ui, sans-serif; margin: 1.5rem 0 0.75rem; text-wrap: balance; }
.bars { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; height: 3rem; margin: 0; }
.bars i { border-radius: 4px; background: #2b2633; }
.bars i:first-child { background: #ffe9b8; }
.ways { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
a { display: inline-block; padding: 0.75rem 1.5rem; border-radius: 99px; border: 1px solid #837b91; color: inherit;
  font-weight: 600; text-decoration: none; }
a.main { background: #ffe9b8; border-color: #ffe9b8; color: #1a1408; }
a:focus-visible { outline: 3px solid #ffe9b8; outline-offset: 3px; }
"""
