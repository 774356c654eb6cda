"""What is made of the frames of pictures, and of what a page was seen to do."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from checks.probes.motion import lasts
from checks.probes.motion_films import film
from checks.probes.motion_parts import Kind, kind_of

BLACK, WHITE, BLUE = (0, 0, 0), (255, 255, 255), (0, 102, 204)


def saved(kind: str, *colours: tuple[int, int, int], lasts: int = 100, loop: int | None = 0) -> bytes:
    frames = [Image.new("RGB", (20, 10), colour) for colour in colours]
    out = io.BytesIO()
    often = {} if loop is None else {"loop": loop}
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=lasts, **often)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_frames_of_all_formats_are_timed_and_their_flashes_counted(kind: str) -> None:
    told = film(saved(kind, BLACK, WHITE), (400.0, 200.0))
    assert told is not None
    assert (told["frames"], told["seconds"], told["runs"], told["moved"]) == (2, 0.2, 0, 1.0)
    assert told["general"] == 5
    small = film(saved(kind, BLACK, WHITE), (100.0, 100.0))
    assert small is not None and small["general"] == 0


def test_a_film_that_plays_once_is_told_from_one_that_goes_on() -> None:
    once = film(saved("GIF", BLUE, WHITE, lasts=900, loop=None), (90.0, 90.0))
    thrice = film(saved("GIF", BLUE, WHITE, loop=2), (90.0, 90.0))
    assert once is not None and once["runs"] == 1 and once["seconds"] == 1.8
    assert thrice is not None and thrice["runs"] == 3


def test_ten_milliseconds_are_shown_as_a_hundred() -> None:
    told = film(saved("GIF", BLACK, WHITE, lasts=10), (400.0, 200.0))
    assert told is not None and told["seconds"] == 0.2


def test_still_pictures_and_what_is_no_picture_are_no_films() -> None:
    assert film(saved("GIF", BLACK), (400.0, 200.0)) is None
    assert film(b"<!DOCTYPE html><p>404", (400.0, 200.0)) is None
    assert film(saved("GIF", BLACK, WHITE)[:60], (400.0, 200.0)) is None


def part(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "element": {"tag": "div"}, "kinds": {"move": 9}, "bursts": [[300, 6400]], "share": 1.0, "area": 24_000, "path": 200, "wandering": 0,
        "position": "static", "texts": [], "letters": 30, "pictures": 0, "links": 2, "opacities": [], "parts": 1,
    }  # fmt: skip
    return told | changes


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (part(), Kind.SCROLLS),
        (part(position="fixed", wandering=150, pictures=1), Kind.DRIFTS),
        (part(pictures=3, bursts=[[2000, 2400], [5000, 5500]], share=0.2), Kind.CHANGES),
        (part(kinds={"text": 5, "size": 2}, path=0), Kind.UPDATES),
        (part(kinds={"fade": 8}, opacities=[0, 1, 0, 1], path=0), Kind.BLINKS),
        (part(kinds={"turn": 8}, letters=0, path=0), Kind.MOVES),
        (part(element={"tag": "video"}, kinds={"film": 20}, path=0, letters=0), Kind.PLAYS),
        (part(element={"tag": "canvas"}, kinds={"canvas": 20}, path=0, letters=0), Kind.PAINTS),
    ],
)
def test_kinds_of_movement_are_told_apart(told: dict[str, Any], kind: Kind) -> None:
    assert kind_of(told) is kind


@pytest.mark.parametrize(
    ("bursts", "long"),
    [([[300, 6400]], True), ([[2700, 3100], [5700, 6000]], True), ([[300, 4000]], False), ([[5500, 5900]], False), ([], False),
     ([[1000, 1000], [3000, 4900]], False)],
)  # fmt: skip
def test_what_ends_within_five_seconds_or_happens_once_does_not_last(bursts: list[list[int]], long: bool) -> None:
    assert lasts(part(bursts=bursts)) is long
