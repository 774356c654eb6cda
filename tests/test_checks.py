"""Every check catches its bad examples, leaves its good ones alone, and speaks as the catalogue does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from capturing import Studio, studio, whole

from auditor.model import Outcome
from checks import judge
from checks.axe.catalogue import rules as axe_rules
from checks.check import ENGINE, INTERACTION, LAYOUT, Check, checks
from checks.criteria import criteria
from checks.document import Document
from checks.experiments import EXPERIMENT_PROBES
from checks.own import rules

pytestmark = pytest.mark.browser
ALL = [pytest.param(check, id=f"{check.id}-{number}") for group in checks().values() for number, check in enumerate(group)]
WAITING = {"motion", "time"}  # experiments that mostly wait, so that many pages can be tried side by side
MARKS = {
    (ENGINE, None): (), (LAYOUT, 1): (), (LAYOUT, None): (pytest.mark.slow,),
    (INTERACTION, 1): (pytest.mark.slow,), (INTERACTION, None): (pytest.mark.experiments,),
}  # fmt: skip
FEW = [  # a page that is used takes seconds: all examples of experiments have a mark of their own, one of each kind stands for them
    pytest.param(check, most, id=f"{check.id}-{number}-{most or 'all'}", marks=MARKS[check.engine, most])
    for group in checks().values()
    for number, check in enumerate(group)
    for most in ((None,) if check.engine == ENGINE else (1, None))
]
SHOWN = [
    pytest.param(check, id=f"{check.id}-{number}", marks=MARKS[check.engine, None])
    for group in checks().values()
    for number, check in enumerate(group)
]
SEEN: dict[tuple[str, tuple[str, ...]], Mapping[str, Any]] = {}
HAN = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


KNOWN = {probe.name: probe for probe in (*judge.probes(), *EXPERIMENT_PROBES)}


def seen(browser: Studio, check: Check, html: str) -> Document:
    """An example as the check sees it: only what it reads is asked, and once."""
    asked = tuple(name for name in KNOWN if name in check.reads)
    if (html, asked) not in SEEN:
        SEEN[html, asked] = browser.facts(whole(html), [KNOWN[name] for name in asked])
    return Document(SEEN[html, asked])


def look_ahead(browser: Studio, check: Check, examples: Sequence[str]) -> None:
    """Look at all examples side by side, for `seen`."""
    asked = tuple(name for name in KNOWN if name in check.reads)
    told = browser.many([whole(html) for html in examples], [KNOWN[name] for name in asked])
    SEEN.update(((html, asked), facts) for html, facts in zip(examples, told, strict=True))


@pytest.mark.parametrize(("check", "most"), FEW)
def test_a_check_catches_its_bad_examples_and_leaves_its_good_ones_alone(browser: Studio, check: Check, most: int | None) -> None:
    assert check.good and (check.bad or check.unsure or check.overrules), "show bad and good"
    if WAITING & set(check.reads):
        look_ahead(browser, check, [*check.bad[:most], *check.unsure[:most], *check.good[:most]])
    wrong: list[str] = []
    for wanted, examples in ((Outcome.FAILED, check.bad), (Outcome.CANT_TELL, check.unsure), (None, check.good)):
        for example in examples[:most]:
            hits = list(check.look(seen(browser, check, example)))
            met = {hit.outcome for hit in hits if hit.outcome}
            if met != ({wanted} if wanted else set()):
                told = [(hit.outcome, hit.node, hit.message) for hit in hits if hit.outcome]
                wrong.append(f"{wanted or 'nothing'} expected in {example!r}, but {told or 'nothing'}")
            if len({hit.node.index for hit in hits}) != len(hits):
                wrong.append(f"an element is judged twice in {example!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("check", ALL)
def test_a_check_is_declared_in_both_languages(check: Check) -> None:
    if check.rule is None:
        assert check.id in axe_rules(), "a rule without words"
        return
    rule = check.rule
    assert check.id not in axe_rules(), "axe's words stand in axe's catalogue"
    assert rule == rules()[check.id]
    assert all(number in criteria() for number in rule.criteria)
    assert set(check.covers) <= set(axe_rules()) | {id for id, group in checks().items() if group[0].engine != check.engine}
    for text in (rule.title, rule.who, rule.verify, *rule.repair):
        assert HAN.search(text) and text.strip() == text
        assert not re.search(r"[\u3400-\u9fff][,;?!]", text), text
    for text in (rule.title_en, rule.who_en, *rule.repair_en):
        assert text and not HAN.search(re.sub("[“«].*?[”»]", "", text)), text
    assert rule.repair and len(rule.repair) == len(rule.repair_en)
    assert rule.before and rule.after


@pytest.mark.parametrize("check", SHOWN)
def test_the_code_before_shows_the_barrier_and_the_code_after_does_not(browser: Studio, check: Check) -> None:
    if check.rule is None:
        return
    assert any(hit.outcome for hit in check.look(seen(browser, check, check.rule.before))), "nothing found before"
    assert not any(hit.outcome for hit in check.look(seen(browser, check, check.rule.after))), "still found after"
