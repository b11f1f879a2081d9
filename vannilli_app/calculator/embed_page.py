"""The page for `/embed`, which stands in frames of other people's pages: without Reflex, whose pages need cookies and
storage that browsers withhold there. embed_page.js makes it follow what is typed."""

import json
from html import escape

from vannilli_app import routes
from vannilli_app.calculator.words import address, plain, sentence, written
from vannilli_app.music.tempo import COMMON_SIGNATURES, BeatUnit, Section
from vannilli_app.words import N_, _, at, in_browser, language, number

MODULES = frozenset({"embed_page", "address", "lengths", "music", "taps", "words"})

_UNITS = {
    BeatUnit.QUARTER: N_("quarters"),
    BeatUnit.DOTTED_QUARTER: N_("dotted quarters"),
    BeatUnit.DENOMINATOR: N_("the signature's notes"),
}


def content(section: Section) -> str:
    """Everything in the body. Without scripts it is a form that asks the server."""
    meter = section.meter
    signatures = dict.fromkeys([meter.time_signature, *COMMON_SIGNATURES])
    return "".join(
        [
            f'<main id="embed" class="embed"><h1 class="for-screen-readers">{_("Tempo calculator")}</h1>',
            '<button type="button" class="tempo-pad" id="tap" '
            f'aria-label="{_("Tap the tempo here, or with the T key")}">',
            f'<span class="tempo-number" id="bpm-shown">{number(plain(section.bpm))}</span>',
            '<span class="tempo-side"><span>BPM</span>',
            f'<span class="quiet small" id="heard">{_("tap it")}</span></span></button>',
            '<output class="answer"><b class="answer-seconds">',
            f'<span id="seconds">{number(written(section.exact_seconds))}</span> s</b>',
            f'<span class="answer-words" id="sentence">{escape(sentence(section))}</span></output>',
            f'<form class="embed-fields" id="fields" action="{at(routes.EMBED)}">',
            _typed("bpm", "BPM", number(plain(section.bpm))),
            _typed("bars", _("Bars"), number(plain(section.bars))),
            _chosen(
                "ts",
                _("Time signature"),
                {one.replace("/", "-"): one for one in signatures},
                meter.time_signature,
            ),
            _chosen(
                "unit",
                _("The BPM counts"),
                {unit.value: _(name) for unit, name in _UNITS.items()},
                meter.beat_unit,
            ),
            f'<noscript><button class="button button-plain">{_("Calculate")}</button></noscript></form>',
            '<a class="button button-plain" id="back" target="_blank" rel="noopener" ',
            f'href="{escape(address(section))}">{_("Tempo calculator by Vannilli")}</a></main>',
            f'<script type="application/json" id="words">{_words()}</script>',
            '<script type="module" src="/embed/embed_page.js"></script>',
        ]
    )


def _typed(name: str, label: str, value: str) -> str:
    return (
        f'<div class="field"><label for="{name}">{label}</label><input class="input figures" id="{name}" '
        f'name="{name}" value="{value}" inputmode="decimal" autocomplete="off" maxlength="7"></div>'
    )


def _chosen(name: str, label: str, options: dict[str, str], chosen: str) -> str:
    """`chosen` is the value or the name of one of the options."""
    items = "".join(
        f'<option value="{value}"{" selected" if chosen in (value, shown) else ""}>{escape(shown)}</option>'
        for value, shown in options.items()
    )
    return (
        f'<div class="field"><label for="{name}">{label}</label>'
        f'<select class="input" id="{name}" name="{name}">{items}</select></div>'
    )


def _words() -> str:
    """The language and the sentences of the modules, as JSON in which nothing can end the element."""
    said = {"language": language(), "sentences": dict(in_browser(language(), MODULES))}
    return json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
