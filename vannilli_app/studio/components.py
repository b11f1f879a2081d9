"""Parts of the studio's pages."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.studio.state import ProjectRow, ProjectsState
from vannilli_app.ui.draft import Option
from vannilli_app.ui.elements import button_link, nothing_here, waiting
from vannilli_app.ui.stage import project_picture
from vannilli_app.ui.tempo import section_badge
from vannilli_app.words import N_, _, at

ASPECTS = [
    Option(value="9:16", label="9:16", hint=N_("Upright, for phones.")),
    Option(value="1:1", label="1:1", hint=N_("Square, for feeds.")),
    Option(value="16:9", label="16:9", hint=N_("Wide, for screens.")),
]
MODES = [
    Option(value="standard", label=N_("Standard"), hint=N_("Fast, and right for most hooks.")),
    Option(value="pro", label=N_("Pro"), hint=N_("Finer and slower, where a paid render offers it.")),
]
ORIENTATIONS = [
    Option(value="video", label=N_("Like you"), hint=N_("They turn and lean as you do.")),
    Option(
        value="image",
        label=N_("Like the picture"),
        hint=N_("They keep the picture's pose; up to 10 seconds in paid renders."),
    ),
]
BEAT_ACCENTS = [
    Option(value="off", label=N_("Off"), hint=N_("Where there is a face, the camera holds still.")),
    Option(value="soft", label=N_("A little"), hint=N_("For drafts: a small nod on each beat.")),
    Option(value="strong", label=N_("Strong"), hint=N_("For drafts: a deep nod on each beat.")),
]
MOUTHS = [
    Option(value="auto", label=N_("As it fits"), hint=N_("For drafts: yours, or drawn in a drawn face.")),
    Option(value="filmed", label=N_("Yours"), hint=N_("For drafts: your own teeth and tongue.")),
    Option(value="drawn", label=N_("Drawn"), hint=N_("For drafts: teeth and tongue drawn to fit.")),
]


def projects() -> rx.Component:
    """The list, its empty state, or the place it will take."""
    return rx.cond(
        ProjectsState.loaded,
        rx.cond(
            ProjectsState.rows.length() > 0,
            rx.fragment(
                rx.el.ul(rx.foreach(ProjectsState.rows, project_row), class_name="projects"),
                rx.cond(
                    ProjectsState.cursor != "",
                    rx.el.button(
                        _("Show more"),
                        type="button",
                        class_name="button button-plain",
                        on_click=ProjectsState.more,
                    ),
                ),
            ),
            nothing_here(
                _("No videos yet."),
                _(
                    "Pick the bars, bring a track and a picture, and perform. The first draft takes about five minutes."
                ),
                button_link(_("Make the first one"), at(routes.STUDIO_NEW)),
                heading=rx.el.h2,
            ),
        ),
        waiting(_("Fetching your videos")),
    )


def project_row(row: rx.Var[ProjectRow]) -> rx.Component:
    """A project: its picture and name, its section, how it stands, and the next step; all of it is the link."""
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                project_picture(project=row.id, still=row.thumbnail),
                rx.el.span(
                    rx.el.strong(row.name, class_name="project-name"),
                    section_badge(row.bars, row.bpm),
                    class_name="stack-tight",
                ),
                class_name="project-words",
            ),
            rx.el.span(
                rx.el.span(row.standing, class_name="project-standing", custom_attrs={"data-mood": row.mood}),
                rx.el.span(row.step, class_name="button button-plain button-small", aria_hidden="true"),
                class_name="row",
            ),
            href=row.href,
            class_name="project",
        )
    )


def step(number: int, title: str, *children: rx.Component, anchor: str) -> rx.Component:
    """One of the steps of the form."""
    return rx.el.section(
        rx.el.h2(
            rx.el.span(str(number), class_name="form-number", aria_hidden="true"), title, id=f"{anchor}-title"
        ),
        *children,
        id=anchor,
        aria_labelledby=f"{anchor}-title",
        class_name="form-step",
    )
