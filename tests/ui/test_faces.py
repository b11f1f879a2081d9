"""The faces of a picture in the browser: which one is meant, how it is called and shown, and the video's crop."""

from typing import Any

import pytest


def face(x: float, y: float, width: float = 0.2, height: float = 0.2) -> dict[str, float]:
    """By its middle."""
    return {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}


def test_a_place_means_the_nearest_face_in_units_of_its_size_and_none_the_first(ask: Any) -> None:
    both = [face(0.3, 0.5, 0.4, 0.4), face(0.7, 0.5, 0.1, 0.1)]
    places = [None, [0.3, 0.5], [0.69, 0.52], [0.6, 0.5]]
    found = ask(
        "faces.js", "given[0].indexOf(faces.performing(given[0], given[1]))", [[both, p] for p in places]
    )
    assert found == [0, 0, 1, 0]


def test_faces_are_called_by_where_they_are(ask: Any) -> None:
    cases = [
        [face(0.7, 0.4), face(0.2, 0.6)],
        [face(0.5, 0.2), face(0.4, 0.8)],
        [face(0.5, 0.5), face(0.9, 0.5), face(0.1, 0.5)],
    ]
    assert ask("faces.js", "faces.named(given).map(({ name }) => name)", cases) == [
        ["The left one", "The right one, the largest"],
        ["The lower one", "The upper one, the largest"],
        ["Number 1 from the left", "Number 2 from the left, the largest", "Number 3 from the left"],
    ]


def test_a_face_is_cut_out_with_room_and_never_beyond_the_picture(ask: Any) -> None:
    cases = [face(0.5, 0.5, 0.1, 0.2), face(0.05, 0.9, 0.1, 0.2)]
    found = ask("faces.js", "Object.values(faces.behind(given, 1000, 500)).map(parseFloat)", cases)
    side = 1.5 * 100
    for (left, top), placed in zip([(425, 175), (0, 350)], found, strict=True):
        assert placed == pytest.approx([100 * pixels / side for pixels in (1000, 500, -left, -top)])


@pytest.mark.parametrize(
    ("one", "aspect", "position"),
    [
        (None, "9:16", [50, 50]),
        (face(0.9, 0.5), "9:16", [100, 50]),
        (face(0.3, 0.5), "1:1", [10, 50]),
        (face(0.5, 0.9), "16:9", [50, 100]),
    ],
)
def test_the_video_shows_what_is_about_the_face(
    ask: Any, one: Any, aspect: str, position: list[float]
) -> None:
    """Of a picture that is twice as wide as high, or in the last case square."""
    size = "1000, 1000" if aspect == "16:9" else "1000, 500"
    shown = f"faces.shown(given ?? undefined, {size}, '{aspect}').split(' ').map(parseFloat)"
    assert ask("faces.js", shown, [one]) == [pytest.approx(position)]
