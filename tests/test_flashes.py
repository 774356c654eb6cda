"""The worst second of sequences whose flashes are known."""

from __future__ import annotations

import pytest
from PIL import Image

from checks.probes.flashes import Frame, flashes, frame

BIG = (400.0, 300.0)
WHITE, BLACK, RED, GREY = (255, 255, 255), (0, 0, 0), (255, 0, 0), (188, 188, 188)


def sequence(*colours: tuple[int, int, int], lasts: float = 100.0, size: tuple[float, float] = BIG) -> list[Frame]:
    return [frame(Image.new("RGB", (40, 30), colour), lasts, size) for colour in colours]


@pytest.mark.parametrize(
    ("lasts", "most"),
    [(100.0, 5), (50.0, 10), (160.0, 3), (166.0, 3), (500.0, 1), (2000.0, 0)],
)
def test_black_and_white_in_turn_flash_as_often_as_they_return(lasts: float, most: int) -> None:
    seen = flashes(sequence(WHITE, BLACK, lasts=lasts), BIG, loops=True)
    assert seen.general == most
    assert seen.over is (most > 3)


def test_a_small_picture_is_safe_however_it_flashes() -> None:
    size = (140.0, 150.0)  # 21,000 px²
    assert not flashes(sequence(WHITE, BLACK, size=size), size, loops=True).over


def test_a_small_part_of_a_large_picture_is_safe_too_but_not_a_large_one() -> None:
    def half(share: float) -> list[Frame]:
        other = Image.new("RGB", (400, 300), WHITE)
        other.paste(BLACK, (0, 0, int(400 * share), 300))
        return [frame(Image.new("RGB", (400, 300), WHITE), 100, BIG), frame(other, 100, BIG)]

    assert not flashes(half(0.12), BIG, loops=True).over
    assert flashes(half(0.6), BIG, loops=True).over


def test_flashing_bits_far_apart_do_not_add_up() -> None:
    size = (1200.0, 300.0)
    other = Image.new("RGB", (1200, 300), WHITE)
    for left in (0, 500, 1120):
        other.paste(BLACK, (left, 0, left + 45, 300))  # 13,500 px² each
    frames = [frame(Image.new("RGB", (1200, 300), WHITE), 100, size), frame(other, 100, size)]
    assert not flashes(frames, size, loops=True).over


def test_light_colours_and_small_changes_do_not_flash() -> None:
    assert not flashes(sequence(WHITE, (240, 240, 240)), BIG, loops=True).over  # the darker is over 0.8
    assert not flashes(sequence(BLACK, (60, 60, 60)), BIG, loops=True).over  # less than a tenth
    assert flashes(sequence(BLACK, GREY), BIG, loops=True).over


def test_red_flashes_where_luminance_hardly_changes() -> None:
    alike = (0, 146, 0)  # green of about the luminance of red
    seen = flashes(sequence(RED, alike), BIG, loops=True)
    assert seen.general == 0
    assert seen.red == 5
    assert seen.over


def test_a_slow_fade_and_a_single_turn_are_no_flashes() -> None:
    ramp = [(value, value, value) for value in range(0, 256, 8)]
    assert flashes(sequence(*ramp, lasts=40), BIG).general == 0
    assert flashes(sequence(*ramp, *reversed(ramp), lasts=40), BIG, loops=True).general <= 1
    assert flashes(sequence(WHITE, BLACK, WHITE), BIG).general == 1
    assert flashes(sequence(WHITE), BIG, loops=True).general == 0


def test_four_flashes_in_one_burst_are_too_many_and_three_are_not() -> None:
    def burst(times: int) -> list[Frame]:
        return sequence(*[BLACK, WHITE] * times, BLACK, lasts=80) + sequence(*[BLACK] * 20)

    assert flashes(burst(3), BIG).general == 3
    assert flashes(burst(4), BIG).over


def test_transparent_parts_are_white() -> None:
    clear, dark = Image.new("RGBA", (40, 30), (0, 0, 0, 0)), Image.new("RGBA", (40, 30), (0, 0, 0, 255))
    assert flashes([frame(clear, 100, BIG), frame(dark, 100, BIG)], BIG, loops=True).over
