"""What search engines and link previews read of the calculator."""

from vannilli_app.calculator.questions import QUESTIONS
from vannilli_app.head import data, preview
from vannilli_app.words import _, language


def tags(*, title: str, description: str, url: str, image: str) -> str:
    """Elements for the head: what a link's preview shows. Addresses are absolute; `url` is the one shared."""
    return preview(
        {
            "og:type": "website",
            "og:title": title,
            "og:description": description,
            "og:url": url,
            "og:image": image,
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": description,
        }
    )


def application(url: str, description: str) -> str:
    """The calculator as a SoftwareApplication, and the page's questions."""
    return data(
        {
            "@type": "SoftwareApplication",
            "name": _("Vannilli tempo calculator"),
            "inLanguage": language(),
            "url": url,
            "description": description,
            "applicationCategory": "MultimediaApplication",
            "operatingSystem": "Any",
            "offers": {"@type": "Offer", "price": "0", "priceCurrency": "USD"},
        }
    ) + data(
        {
            "@type": "FAQPage",
            "inLanguage": language(),
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": _(question),
                    "acceptedAnswer": {"@type": "Answer", "text": _(answer)},
                }
                for question, answer in QUESTIONS
            ],
        }
    )
