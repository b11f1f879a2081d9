"""What people ask about tempo, with answers that are true whatever the tempo: for the page and for search engines."""

from vannilli_app.words import N_

QUESTIONS = (
    (
        N_("How long are 8 bars at 140 BPM?"),
        N_(
            "In 4/4, 8 bars are 32 beats. At 140 BPM a beat lasts 60/140 of a second, so 8 bars last 96/7 s, "
            "which is 13.714 s."
        ),
    ),
    (
        N_("How do I turn BPM and bars into seconds?"),
        N_(
            "Multiply the bars by the beats in a bar and by 60, and divide by the BPM. A bar of 4/4 has 4 quarter "
            "notes, a bar of 7/8 has 3.5; where the BPM counts dotted quarters, a bar of 6/8 has 2."
        ),
    ),
    (
        N_("Which note does the BPM count?"),
        N_(
            "In nearly every DAW the quarter note, in any time signature. Music in 6/8, 9/8 or 12/8 is often counted "
            "in dotted quarters. The calculator asks, and shows the formula that it used."
        ),
    ),
    (
        N_("Why do my bar lines drift against the video?"),
        N_(
            "A bar is rarely a whole number of frames: a bar of 4/4 at 140 BPM is 41.14 frames at 24 fps. Round the "
            "place of each bar line from the start, never the length of one bar times their number. The frames here "
            "are rounded so."
        ),
    ),
    (
        N_("How sure is a tapped tempo?"),
        N_(
            "Eight taps by a steady hand are right within about 1 BPM up to 120, and sixteen at any tempo. The "
            "calculator shows the error that your own taps had."
        ),
    ),
)
