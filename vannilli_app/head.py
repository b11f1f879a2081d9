"""What search engines and link previews read of any page: its addresses, Open Graph, structured data."""

import json
from collections.abc import Iterable, Mapping
from html import escape

from vannilli_app.words import LANGUAGES, SOURCE, at, language, speaking


def addresses(base_url: str, path: str) -> dict[str, str]:
    """A page's one address in each language; `path` is the English one."""
    found = {}
    for tag in LANGUAGES:
        with speaking(tag):
            found[tag] = base_url + at(path)
    return found


def canonical(base_url: str, path: str) -> str:
    """Elements for the head: the page's one address in the language that holds here, and those in all others."""
    all_of_it = addresses(base_url, path)
    alternates = {**all_of_it, "x-default": all_of_it[SOURCE]}
    return f'<link rel="canonical" href="{escape(all_of_it[language()])}"/>' + "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{escape(there)}"/>'
        for tag, there in alternates.items()
    )


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """A sitemap of pages, by their English paths: each of their addresses, with those in all other languages."""
    urls = "".join(_listed(addresses(base_url, path)) for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:xhtml="http://www.w3.org/1999/xhtml">{urls}</urlset>'
    )


def _listed(everywhere: Mapping[str, str]) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{there}"/>' for tag, there in everywhere.items()
    )
    return "".join(f"<url><loc>{there}</loc>{links}</url>" for there in everywhere.values())


def preview(properties: Mapping[str, str]) -> str:
    """Elements for the head: what a link's preview shows, by names of Open Graph. Addresses are absolute."""
    shown = {"og:site_name": "Vannilli", **properties}
    return "".join(
        [
            *(f'<meta property="{name}" content="{escape(value)}"/>' for name, value in shown.items()),
            '<meta name="twitter:card" content="summary_large_image"/>',
        ]
    )


def data(what: Mapping[str, object]) -> str:
    """A block of JSON-LD; nothing in it can end the element."""
    text = json.dumps({"@context": "https://schema.org", **what}, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'
