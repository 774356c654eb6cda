"""A site as tallies: what is wrong with each of its pages, as two editions of a check see it, on nights that see all or some."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from auditor.bridging import RuleSet
from auditor.model import Coverage, State, Tally
from auditor.moves import Night
from auditor.run_score import counted
from checks import judge

START = "http://a.test/"
PICTURES, CONTRAST, LANGUAGE = "image-alt", "color-contrast", "html-has-lang"
COUNTING = {rule: judge.counting()[rule] for rule in (PICTURES, CONTRAST, LANGUAGE)}
OLD, NEW = RuleSet(id="old", rules=COUNTING), RuleSet(id="new", rules=COUNTING)
ASKED = frozenset(COUNTING)
SIZES = {"news": 30, "guide": 18, "file": 12}
HABITS = {"news": 0.3, "guide": 0.5, "file": 0.7}  # share of pictures without words

Site = Mapping[str, Mapping[str, tuple[int, int]]]
"""Page -> rule -> places that fail and places that are right."""


def urls() -> list[str]:
    """The addresses of its 60 pages, of three templates."""
    return [f"{START}{kind}/{number}" for kind, size in SIZES.items() for number in range(size)]


def site(rng: Random) -> Site:
    """What is wrong with each page; templates differ in it."""
    return {
        url: {
            PICTURES: (bad := sum(rng.random() < HABITS[url.split("/")[-2]] for _ in range(5)), 5 - bad),
            CONTRAST: (rng.randint(0, 2), 6), LANGUAGE: (int(rng.random() < 0.2), 1),
        }
        for url in urls()
    }  # fmt: skip


def stricter(told: Site, seed: int) -> Site:
    """The same pages as the next edition of a check sees them: of what it passed so far, it now fails part, on a page always the same."""
    found = {}
    for url, rules in told.items():
        failed, passed = rules[CONTRAST]
        more = Random(f"{seed} {url}").randint(0, passed)
        found[url] = {**rules, CONTRAST: (failed + more, passed - more)}
    return found


def repaired(told: Site, pages: Collection[str]) -> Site:
    """The same site after the pictures of some pages got their words."""
    return {url: {**rules, PICTURES: (0, sum(rules[PICTURES]))} if url in pages else rules for url, rules in told.items()}


def night(round: str, told: Site, seen: Collection[str] | None = None) -> Night:
    """What a night rests on that saw these pages (None: all); the others are known and were not visited."""
    every = urls()
    looked = set(every if seen is None else seen)
    page = Coverage(url="", state=State.AUDITED, status=200, engines=("auditor", "axe"))
    coverage = tuple(
        replace(page, url=url, url_key=url.rpartition("/")[0] + "/#", state=page.state if url in looked else State.NOT_SAMPLED)
        for url in every
    )
    tallies = tuple(
        Tally(page=url, rule=rule, failed=failed, passed=passed)
        for url, rules in told.items() if url in looked for rule, (failed, passed) in rules.items()
    )  # fmt: skip
    return Night(round=round, coverage=coverage, tallies=tallies, asked=ASKED)


def some(rng: Random) -> frozenset[str]:
    """A third of the pages of each template."""
    return frozenset(
        url for kind, size in SIZES.items() for url in rng.sample([f"{START}{kind}/{number}" for number in range(size)], size // 3)
    )


def index(one: Night) -> float:
    """The index of a night."""
    found = counted(one.coverage, one.tallies, COUNTING, asked=ASKED)
    assert found is not None
    return found.value
