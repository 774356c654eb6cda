"""Tells other indices of the same base data, each labelled as what it is: for comparison, never in place of the index."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from auditor.language import aside, counted, listed, say
from auditor.model import Conformance, History, Score
from auditor.scoring import INTERFERING
from reports import words
from reports.pages import piece

LINE = 60.0
"""Points from which the technical part of the association's procedure is passed (standards_cn.md 2.5)."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights of criteria, with where they come from (`experience.toml`)."""

    name: str
    name_en: str
    usual: float
    source: str
    source_en: str
    weights: Mapping[str, float]

    def of(self, criterion: str) -> float:
        """The weight of a criterion."""
        return self.weights.get(criterion, self.usual)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One other way to count."""

    name: str
    value: str
    basis: str


def folded(history: History, score: Score) -> Markup:
    """All of them in a part of the page that is folded away."""
    return piece("scores.html", "alternatives", rows=[_principles(score), _technical(history, score), _experience(score)])


def as_json(score: Score) -> dict[str, Any]:
    """The same for scripts: `{"principles", "technical": {"value", "line", "passed", "veto"}, "experience"}`; numbers have two decimals."""
    experience = experienced(score.criteria, weights())
    return {
        "principles": round(score.principles, 2),
        "technical": {"value": round(score.value, 2), "line": LINE, "passed": passed(score), "veto": list(score.interfering)},
        "experience": None if experience is None else round(experience, 2),
    }


def passed(score: Score) -> bool | None:
    """Whether the technical line is reached and nothing vetoes it.

    None where the interval of the index lies on both sides of the line, or no page was used, so that some vetoes were not looked for.
    """
    if score.interfering or score.high < LINE:
        return False
    return True if score.low >= LINE and score.used_pages else None


def experienced(criteria: Mapping[str, Conformance], weights: Weights) -> float | None:
    """Σ weight·pass rate / Σ weight over the criteria that apply, 0-100; None where none of weight does (WAEM, Song and others 2017)."""
    total = sum(weights.of(number) for number in criteria)
    return 100 * sum(weights.of(number) * met.share for number, met in criteria.items()) / total if total else None


@cache
def weights() -> Weights:
    """The weights of the data file. ValueError: a weight is negative or no number."""
    told = tomllib.loads(files("reports").joinpath("experience.toml").read_text(encoding="utf-8"))
    if not all(isinstance(weight, int | float) and 0 <= weight < float("inf") for weight in (told["usual"], *told["weights"].values())):
        raise ValueError("experience.toml: a weight is a number that is not negative")
    return Weights(**told)


# ---------------------------------------------------------------------------------------------- in words


def _principles(score: Score) -> Row:
    return Row(
        name=say("四项原则加权（仿 2019 年有关调查的做法）", "Four principles weighted (after a survey of 2019)"),
        value=f"{score.principles:.1f}",
        basis=say(
            "可感知 30%、可操作 30%、可理解 20%、兼容 "
            "20%，没有准则适用的原则不计；只有自动检测范围内的准则，与当年的调查结果不能直接比较。",
            "Perceivable 30%, operable 30%, understandable 20%, robust 20%; principles of which no criterion applies are left out. Only "
            "criteria "
            "within the reach of automatic testing count, so the figure cannot be compared directly with the results of that survey.",
        ),
    )


def _technical(history: History, score: Score) -> Row:
    four = listed(list(INTERFERING))
    used = say(
        f"，其中 {score.used_pages} 页另做了键盘等试用" if score.used_pages else "，没有一页做过键盘等试用，要试用才能查到的否决项没有查",
        f"{counted(score.used_pages, 'page')} of them also tried out by keyboard and the like"
        if score.used_pages
        else "no page was tried out by keyboard and the like, so vetoes found only that way were not looked for",
    )
    return Row(
        name=say(
            f"技术得分 {LINE:.0f} 分线和否决项（仿适老化及无障碍水平评测的次序）",
            f"Technical score of {LINE:.0f} and vetoes (in the order of the assessment for older people’s use and accessibility)",
        ),
        value=_technical_value(history, score),
        basis=say(
            f"先看否决项，再看技术得分是否达到 {LINE:.0f} 分。技术得分取无障碍指数。否决项由本服务设定，取 WCAG 2.2 "
            f"“互不干扰”一节所列的 {four} 四条，检测的 {words.number(score.pages)} 页中有一页查到即算{used}。"
            "这是本服务仿其次序的监测，不是评测，没有用户满意度评价和自我评价，不能用来申请或代替信息无障碍标识。",
            f"First the vetoes, then whether the technical score reaches {LINE:.0f}. The technical score is the accessibility index. The "
            f"vetoes are set by this service: the four criteria {four}, which WCAG 2.2 lists under “non-interference”; one of the "
            f"{counted(score.pages, 'page')} audited is enough ({used}). This is monitoring by this service in "
            "the "
            "order of that assessment, not the assessment: users’ satisfaction and self-assessment are missing, and it cannot be used to "
            "apply "
            "for an accessibility mark or in its place.",
        ),
    )


def _technical_value(history: History, score: Score) -> str:
    """What can be said of the vetoes and the line."""
    if score.interfering:
        pages = {_criterion(history, number): pages for number, pages in score.interfering.items()}
        found = listed([name + aside(say(f"{words.number(count)} 页", counted(count, "page"))) for name, count in pages.items()])
        return say(f"查到否决项：{found}，不再看技术得分", f"Vetoes found: {found}; the technical score does not matter then")
    if score.high < LINE:
        return say(f"技术得分不到 {LINE:.0f} 分", f"The technical score is below {LINE:.0f}")
    if score.low < LINE:
        return say(
            f"没有查到否决项，技术得分是否达到 {LINE:.0f} 分不能断言",
            f"No veto found; whether the technical score reaches {LINE:.0f} cannot be said",
        )
    untried = say("（要试用才能查到的没有查）", " (those found only by trying out were not looked for)")
    if score.used_pages:
        untried = ""
    return say(f"没有查到否决项{untried}，技术得分达到 {LINE:.0f} 分", f"No veto found{untried}; the technical score reaches {LINE:.0f}")


def _experience(score: Score) -> Row:
    found, told = experienced(score.criteria, weights()), weights()
    return Row(
        name=say(told.name, told.name_en),
        value="—" if found is None else f"{found:.1f}",
        basis=say(
            f"各条适用准则的通过率（没有查到不符合的网页所占比例）按权重平均。{told.source}。",
            "The mean by weight of the pass rates of the criteria that apply (the share of pages without a failure found). "
            f"{told.source_en}.",
        ),
    )


def _criterion(history: History, number: str) -> str:
    known = history.criteria.get(number)
    return f"{number} {say(known.name_zh, known.name_en)}" if known else number
