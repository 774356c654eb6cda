"""Says the words of the model in the language of an export, and what every export has to say of itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from auditor.model import Element, Outcome
from reports import words
from reports.material import Material

OUTCOME: Mapping[Outcome, str] = {Outcome.FAILED: "不符合", Outcome.CANT_TELL: "需要人工判断"}
_CHINESE: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    type(next(iter(table))): table  # type: ignore[misc]
    for table in (
        words.STATE, words.RUN_STATE, words.ISSUE_STATE, words.IMPACT, words.CATEGORY, words.VERDICT, words.VARIANT, OUTCOME,
    )
}  # fmt: skip


def word(material: Material, value: StrEnum) -> str:
    """The word for a value of the model; the values themselves are English."""
    if material.language == "en":
        return "cannot tell" if value is Outcome.CANT_TELL else value.value.replace("-", " ")
    return _CHINESE[type(value)][value]


def place(material: Material, element: Element) -> str:
    """Where on a page an element is and what it is."""
    if material.language == "en":
        where = f" in {element.landmark}" if element.landmark else ""
        return material.told(f"<{element.tag or 'page'}>{where} {element.name or element.text}".strip(), 80)
    return material.told(words.component(element), 80)


def reservation(material: Material) -> str:
    """What every export says of its own reach: automatic monitoring, no statement of conformity."""
    return material.say(
        "本文件是自动监测的结果，只说明自动检测范围内查到的问题；没有列出问题，不表示符合标准。它不是符合性声明，也不是国家的评测或标识。",
        "This is the result of automatic monitoring and speaks only of what a program can find. No problem listed does not mean that "
        "a standard is met. It is no statement of conformity and not the state's assessment or mark.",
    )
