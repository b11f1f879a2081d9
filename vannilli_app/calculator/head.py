"""What search engines and link previews read: canonical address, Open Graph, structured data."""

import json
from collections.abc import Mapping
from html import escape

from vannilli_app.calculator.questions import QUESTIONS


def tags(*, title: str, description: str, canonical: str, url: str, image: str) -> str:
    """Elements for the head. Addresses are absolute: `canonical` the page's one address, `url` the one shared."""
    properties = {
        "og:type": "website",
        "og:site_name": "Vannilli",
        "og:title": title,
        "og:description": description,
        "og:url": url,
        "og:image": image,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": description,
    }
    return "".join(
        [
            f'<link rel="canonical" href="{escape(canonical)}"/>',
            *(f'<meta property="{name}" content="{escape(value)}"/>' for name, value in properties.items()),
            '<meta name="twitter:card" content="summary_large_image"/>',
        ]
    )


def application(url: str, description: str) -> str:
    """The calculator as a SoftwareApplication, and the page's questions."""
    return data(
        {
            "@type": "SoftwareApplication",
            "name": "Vannilli tempo calculator",
            "url": url,
            "description": description,
            "applicationCategory": "MultimediaApplication",
            "operatingSystem": "Any",
            "offers": {"@type": "Offer", "price": "0", "priceCurrency": "USD"},
        }
    ) + data(
        {
            "@type": "FAQPage",
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question,
                    "acceptedAnswer": {"@type": "Answer", "text": answer},
                }
                for question, answer in QUESTIONS
            ],
        }
    )


def data(what: Mapping[str, object]) -> str:
    """A block of JSON-LD; nothing in it can end the element."""
    text = json.dumps({"@context": "https://schema.org", **what}, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'
