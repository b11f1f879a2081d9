"""What link previews and search engines read of a shown video: Open Graph with the video itself, and a VideoObject."""

from vannilli_app.head import canonical, data, preview
from vannilli_app.showcase import phrases
from vannilli_app.showcase.schemas import Item
from vannilli_app.words import at, language


def tags(base_url: str, path: str, *, title: str, description: str, image: str) -> str:
    """Elements for the head of the gallery. `base_url` is public, `path` the English one, `image` a path."""
    return canonical(base_url, path) + preview(
        {
            "og:type": "website",
            "og:title": title,
            "og:description": description,
            "og:url": base_url + at(path),
            "og:image": base_url + image,
        },
    )


def video(item: Item, base_url: str) -> str:
    """Elements for the head of a video's own page. `base_url` is the public address."""
    url, clip, still = (base_url + path for path in (at(item.url), item.video_url, item.poster_url))
    secure = {"og:video:secure_url": clip} if clip.startswith("https://") else {}
    properties = {
        "og:type": "video.other",
        "og:title": phrases.by(item),
        "og:description": phrases.description(item),
        "og:url": url,
        "og:video": clip,
        "og:video:url": clip,
        **secure,
        "og:video:type": "video/mp4",
        "og:video:width": str(item.width),
        "og:video:height": str(item.height),
        "og:image": still,
        "og:image:alt": phrases.by(item),
        "video:duration": str(round(item.duration_seconds)),
    }
    return canonical(base_url, item.url) + preview(properties) + _object(item, url, clip, still)


def _object(item: Item, url: str, clip: str, still: str) -> str:
    return data(
        {
            "@type": "VideoObject",
            "name": phrases.by(item),
            "description": phrases.description(item),
            "thumbnailUrl": [still],
            "uploadDate": item.shown_at.isoformat(),
            "duration": f"PT{item.duration_seconds:.3f}S",
            "contentUrl": clip,
            "url": url,
            "inLanguage": language(),
            "width": item.width,
            "height": item.height,
            "creator": {"@type": "Person", "name": f"@{item.handle}"},
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": {"@type": "WatchAction"},
                "userInteractionCount": item.watches,
            },
        }
    )
