"""The main parts of `/showcase` and of a video's own page, written by the server: everything is there without a script.

showcase_page.js plays what is in view, counts what was watched, shares, reports, and brings the next page.
"""

import json
from html import escape
from math import ceil
from urllib.parse import urlencode

from vannilli_app import routes
from vannilli_app.calculator.words import counted_bars, plain
from vannilli_app.music.tempo import MAX_BPM, MIN_BPM, PART_NAMES
from vannilli_app.showcase import phrases
from vannilli_app.showcase.schemas import REASONS, Item, Page, Wish
from vannilli_app.words import N_, _, at, in_browser, language, number

TITLE = N_("Showcase: what artists performed, on the beat · Vannilli")
DESCRIPTION = N_(
    "Videos that artists made with Vannilli, by tempo and part. Watch one, then perform it yourself."
)
MODULES = frozenset({"showcase_page", "clips", "api", "ask", "local_files", "words"})
_ORDERS = {"newest": N_("Newest"), "watched": N_("Most watched")}


_STAGE = (
    '<svg class="stage-drawn" data-theme="dark" viewBox="0 0 320 200" aria-hidden="true"><defs>'
    '<linearGradient id="beam" x2="0" y2="1"><stop stop-color="#ffe9b8" stop-opacity=".5"/>'
    '<stop offset="1" stop-color="#ffe9b8" stop-opacity="0"/></linearGradient></defs>'
    '<path fill="#0c0a10" d="M0 0h320v200H0z"/><ellipse cx="160" cy="172" rx="70" ry="11" fill="#ffe9b8" opacity=".3"/>'
    '<g fill="url(#beam)"><path d="M154 0h12l58 172H96z"/><path class="stage-side" d="M40 0h12l80 172H72z"/>'
    '<path class="stage-side" d="M268 0h12l-32 172h-60z"/></g>'
    '<g fill="none" stroke="#f5efe2" stroke-width="3" stroke-linecap="round"><path d="M160 96v74M142 174l18-6 18 6"/>'
    '</g><rect x="152" y="70" width="16" height="26" rx="8" fill="#f5efe2"/></svg>'
)
"""A microphone in the light, and nobody at it."""


def listing(page: Page, wish: Wish) -> str:
    """The gallery."""
    found = _found(page, wish) if page.items else _nothing(wish)
    return (
        f'<div class="showcase"><div class="showcase-head"><h1>{_("Showcase")}</h1><p class="lead quiet">'
        f"{_('Sung to a phone, performed by somebody else. Every one can be yours to perform.')}</p></div>"
        f"{_filter(wish)}{found}</div>{_script()}"
    )


def single(item: Item) -> str:
    """A video's own page."""
    known = " · ".join(filter(None, (f"@{escape(item.handle)}", phrases.watched(item))))
    return (
        f'<article class="shown" data-item="{item.generation_id}" data-title="{escape(phrases.by(item))}">'
        f"{_video(item, controls=True)}"
        '<div class="shown-words stack">'
        f'<p class="quiet"><a href="{at(routes.SHOWCASE)}">{_("Showcase")}</a></p>'
        f'<h1>{escape(item.title)}</h1><p class="quiet figures">{known}</p>'
        f'<p class="row">{_badge(item)}<span class="quiet small">{phrases.part(item.part_name)}</span></p>'
        f'<p class="row"><a class="button button-main" href="{escape(at(item.perform_url))}">{_("Perform this")}</a>'
        f'{_share()}</p><p class="quiet small">'
        f"{_('Starts a video of your own with {section}.', section=phrases.section(item))}</p>"
        f"{_report(item)}</div></article>{_script()}"
    )


def gone() -> str:
    """What stands where a video was, or never was."""
    return (
        f'<section class="stack lost"><h1>{_("Not on stage any more.")}</h1><p class="lead quiet">'
        f"{_('This video is not in the showcase. Its artist may have taken it out.')}</p>"
        f'<p><a class="button button-main" href="{at(routes.SHOWCASE)}">{_("See the showcase")}</a></p></section>'
    )


def _script() -> str:
    """The browser module, and before it what it says, as JSON in which nothing can end the element."""
    said = {"language": language(), "sentences": dict(in_browser(language(), MODULES))}
    sentences = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    module = routes.SHOWCASE_MODULE.format(module="showcase_page")
    return (
        f'<script type="application/json" id="words">{sentences}</script>'
        f'<script type="module" src="{module}"></script>'
    )


def _found(page: Page, wish: Wish) -> str:
    items = "".join(_card(item) for item in page.items)
    more = ""
    if page.next_cursor:
        href = escape(_address(wish, cursor=page.next_cursor))
        name = _("Show more")
        more = (
            f'<p class="showcase-more"><a class="button button-plain" data-more href="{href}">{name}</a></p>'
        )
    said = '<p class="for-screen-readers" role="status" data-said></p>'
    return f'<ul class="show-grid" data-grid>{items}</ul>{more}{said}'


def _nothing(wish: Wish) -> str:
    if _is_filtered(wish):
        return (
            f'<section class="empty stack"><h2>{_("Nothing at these tempos yet.")}</h2>'
            f'<p class="lead quiet">{_("Widen the tempos, or choose every part.")}</p>'
            f'<p><a class="button button-main" href="{at(routes.SHOWCASE)}">{_("See everything")}</a></p></section>'
        )
    return (
        f'<section class="empty-stage"><div class="stack"><h2>{_("The stage is empty.")}</h2><p class="lead quiet">'
        f"{_('Nobody has shown a video here yet. Make one, and show it when it is done.')}</p>"
        f'<p><a class="button button-main" href="{at(routes.STUDIO_NEW)}">{_("Be the first")}</a></p></div>'
        f"{_STAGE}</section>"
    )


def _card(item: Item) -> str:
    known = " · ".join(filter(None, (f"@{escape(item.handle)}", phrases.watched(item))))
    name = escape(phrases.by(item))
    return (
        f'<li class="show-card" data-item="{item.generation_id}" data-title="{name}">'
        f'<div class="show-frame">{_video(item)}</div>'
        f'<div class="show-line"><h2 class="show-title"><a href="{at(item.url)}">{escape(item.title)}</a></h2>'
        f'<p class="quiet small figures">{known}</p></div>'
        f"{_badge(item)}"
        f'<a class="button button-plain button-small" href="{escape(at(item.perform_url))}" '
        f'aria-label="{_("Perform this")}: {escape(item.title)}">{_("Perform this")}</a></li>'
    )


def _video(item: Item, *, controls: bool = False) -> str:
    """Loaded and played when it comes into view; with `controls` also by hand and without a script."""
    source = (
        f'src="{item.video_url}" controls preload="metadata"'
        if controls
        else f'data-src="{item.video_url}" preload="none"'
    )
    name = f' aria-label="{escape(phrases.by(item))}"' if controls else ""
    aspect = item.aspect.replace(":", " / ")
    return (
        f'<video class="show-video" {source} poster="{item.poster_url}"{name} muted loop playsinline '
        f'data-clip style="--aspect: {aspect}"></video>'
    )


def _badge(item: Item) -> str:
    """As `ui.tempo.section_badge` draws it, in two rows at most."""
    section = item.section
    beats = ceil(section.meter.beats_per_bar)
    bars = "".join(
        '<span class="bar">'
        + "".join(
            "<i data-on></i>" if bar + beat / beats < section.bars else "<i></i>" for beat in range(beats)
        )
        + "</span>"
        for bar in range(ceil(section.bars))
    )
    across = min(ceil(section.bars), 16 if section.bars > 16 else 8)
    return (
        f'<span class="badge"><span class="bar-grid" data-mode="badge" aria-hidden="true" style="--across:{across}">'
        f"{bars}</span><span>{counted_bars(section.bars)} · {number(plain(section.bpm))}</span></span>"
    )


def _share() -> str:
    """Hidden until the script has come that makes it work."""
    return (
        f'<button type="button" class="button button-plain" data-share hidden>{_("Share")}</button>'
        '<span class="small" role="status" data-said></span>'
    )


def _filter(wish: Wish) -> str:
    orders = "".join(
        f'<label class="choice"><input type="radio" name="order" value="{value}"'
        f"{' checked' if value == wish.order else ''}>{_(name)}</label>"
        for value, name in _ORDERS.items()
    )
    parts = "".join(
        f'<option value="{name}"{" selected" if name == wish.part else ""}>{phrases.part(name)}</option>'
        for name in PART_NAMES
    )
    return (
        f'<form class="show-filter" action="{at(routes.SHOWCASE)}" data-filter>'
        f'<fieldset class="field"><legend class="label">{_("Order")}</legend>'
        f'<div class="choices">{orders}</div></fieldset>'
        f'<fieldset class="field"><legend class="label">{_("Tempo, BPM")}</legend><div class="tempo-range">'
        f'{_tempo("bpm_from", _("From"), plain(wish.bpm_from))}<span aria-hidden="true">{_("to")}</span>'
        f"{_tempo('bpm_to', _('To'), plain(wish.bpm_to))}</div></fieldset>"
        f'<div class="field"><label for="part">{_("Part")}</label><select class="input" id="part" name="part">'
        f'<option value="">{_("Every part")}</option>{parts}</select></div>'
        f'<button class="button button-plain">{_("Show")}</button></form>'
    )


def _tempo(name: str, label: str, value: str) -> str:
    return (
        f'<input class="input figures" type="number" name="{name}" aria-label="{label}" value="{value}" '
        f'min="{MIN_BPM}" max="{MAX_BPM}" step="any" inputmode="decimal">'
    )


def _report(item: Item) -> str:
    """Folded under its name; sent by the script, since our API takes JSON only."""
    reasons = "".join(
        f'<label class="choice"><input type="radio" name="reason" value="{value}" required>{escape(_(words))}</label>'
        for value, words in REASONS.items()
    )
    return (
        f'<details class="fold" id="report"><summary>{_("Report this video")}</summary>'
        f'<form class="stack fold-content" data-report action="{routes.API_CONTENT_REPORT}" method="post">'
        f'<input type="hidden" name="generation_id" value="{item.generation_id}">'
        f'<fieldset class="field"><legend class="label">{_("What is wrong?")}</legend>'
        f'<div class="choices reasons">{reasons}</div></fieldset>'
        f'<div class="field"><label for="description">{_("Tell us more")}</label>'
        '<textarea class="input" id="description" name="description" required maxlength="2000"></textarea>'
        f'<p class="field-hint">{_("For copyright: what is yours, and where it can be heard or seen.")}</p></div>'
        f'<div class="field"><label for="email">{_("Your email, if you want an answer")}</label>'
        '<input class="input" id="email" name="email" type="email" autocomplete="email" maxlength="320"></div>'
        '<div role="alert" data-refused></div>'
        f'<p><button class="button button-plain">{_("Send the report")}</button></p></form></details>'
    )


def _address(wish: Wish, **changes: str) -> str:
    asked = wish.model_dump(exclude_defaults=True, exclude={"cursor", "limit"}) | changes
    gallery = at(routes.SHOWCASE)
    return f"{gallery}?{urlencode(asked)}" if asked else gallery


def _is_filtered(wish: Wish) -> bool:
    return bool(wish.model_fields_set & {"bpm_from", "bpm_to", "part"}) and "?" in _address(wish)
