"""The page for `/embed`, which stands in frames of other people's pages: without Reflex, whose pages need cookies and
storage that browsers withhold there. embed_page.js makes it follow what is typed."""

from html import escape

from vannilli_app import routes
from vannilli_app.calculator.words import address, plain, sentence, written
from vannilli_app.music.tempo import COMMON_SIGNATURES, BeatUnit, Section

MODULES = frozenset({"embed_page", "address", "lengths", "music", "taps"})

_UNITS = {
    BeatUnit.QUARTER: "quarters",
    BeatUnit.DOTTED_QUARTER: "dotted quarters",
    BeatUnit.DENOMINATOR: "the signature's notes",
}


def content(section: Section) -> str:
    """Everything in the body. Without scripts it is a form that asks the server."""
    meter = section.meter
    signatures = dict.fromkeys([meter.time_signature, *COMMON_SIGNATURES])
    return "".join(
        [
            '<main id="embed" class="embed"><h1 class="for-screen-readers">Tempo calculator</h1>',
            '<button type="button" class="tempo-pad" id="tap" aria-label="Tap the tempo here, or with the T key">',
            f'<span class="tempo-number" id="bpm-shown">{plain(section.bpm)}</span>',
            '<span class="tempo-side"><span>BPM</span>',
            '<span class="quiet small" id="heard">tap it</span></span></button>',
            '<output class="answer"><b class="answer-seconds">',
            f'<span id="seconds">{written(section.exact_seconds)}</span> s</b>',
            f'<span class="answer-words" id="sentence">{escape(sentence(section))}</span></output>',
            f'<form class="embed-fields" id="fields" action="{routes.EMBED}">',
            _typed("bpm", "BPM", plain(section.bpm)),
            _typed("bars", "Bars", plain(section.bars)),
            _chosen(
                "ts",
                "Time signature",
                {one.replace("/", "-"): one for one in signatures},
                meter.time_signature,
            ),
            _chosen(
                "unit", "The BPM counts", {unit.value: name for unit, name in _UNITS.items()}, meter.beat_unit
            ),
            '<noscript><button class="button button-plain">Calculate</button></noscript></form>',
            '<a class="button button-plain" id="back" target="_blank" rel="noopener" ',
            f'href="{escape(address(section))}">Tempo calculator by Vannilli</a></main>',
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
