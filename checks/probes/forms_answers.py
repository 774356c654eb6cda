"""What the experiment with forms told, in the shape that checks ask for: only what two loads of the page agree about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.document import Document, Node
from checks.probes.forms import NAME

STATUS = re.compile(
    r"错误|成功|失败|已(?:提交|保存|发送|收到|受理|完成|添加|收藏|取消|预约|报名)|没有.{0,8}结果|(?:查询|搜索|检索)结果|不能为空|不得为空|不正确|有误|必填|无效|未填|完善|"
    r"请(?:先|正确|重新|您)?(?:输入|填写|选择|完善|补充|勾选|检查)|格式(?:不|错|有误)|没有找到|未找到|找到.{0,6}条|共.{0,8}条|正在(?:加载|提交|查询|"
    r"登录)|加载中|"
    r"\berrors?\b|success|failed|invalid|incorrect|required|cannot be (?:empty|blank)|can't be (?:empty|blank)|please (?:enter|fill|"
    r"select|choose)|"
    r"\bresults?\b|loading|saved|not found",
    re.IGNORECASE,
)
"""Words of messages that say how an action went."""

GENERIC = (
    r"提示|温馨|友情|对不起|抱歉|请|您|你|的|有|还|存在|先|将|把|再|后|检查|核对|确认|重新|正确|准确|完整|补充|完善|填写|填|输入|选择|好|"
    r"所有|全部|相关|必填|必须|必要|项目|项|信息|内容|表单|数据|资料|字段|不完整|不全|未|没|不能为空|不可为空|为空|不能|不|有误|错误|"
    r"出错|失败|"
    r"提交|无效|合法|符合|要求|格式|参数|验证|校验|未通过|通过|了|吧|或|和|是|部分|某些|该|此|本|这|"
    r"error|please|fill|enter|in|all|the|required|fields?|form|information|invalid|complete|is|are|incomplete|correct|check|your|input|try|"
    r"again|submit|failed|some|and|must|be|not|valid|data|missing|a|an|of|value|values"
)
VAGUE = re.compile(rf"(?:{GENERIC}|[\W_])+", re.IGNORECASE)
EMPTY = re.compile(rf"(?:{GENERIC}|请输入|请填写|请选择|[\W_\d])+", re.IGNORECASE)
ASKING = re.compile(r"请(?:先|正确|您|在此)?(?:输入|填写|选择)(?:您的|你的)?|您的|你的|[\W_]+")
NEAR = 60  # CSS px within which a message stands beside its field


@dataclass(frozen=True, kw_only=True)
class Step:
    """What came of one thing done: pressing the button with nothing filled in, or with wrong values, or filling in these."""

    texts: tuple[Mapping[str, Any], ...]  #: what became visible or could be heard on both loads
    heard: tuple[str, ...]  #: every word that came on any of them, by whatever way
    said: tuple[str, ...]  #: what alert and the like said on both
    native: bool  #: the browser itself named a field
    cues: Mapping[int, str]  #: field -> the colour that it took on, on both loads
    invalid: frozenset[int]  #: fields that then were aria-invalid
    described: frozenset[int]  #: fields that changed and then were bound to a text
    focus: str  #: where it was then: "field 2", button, dialog, other, "" nowhere; ? where the loads differ
    sent: bool  #: something would have left the page

    @property
    def words(self) -> list[str]:
        """All messages."""
        return [str(text["words"]) for text in self.texts] + list(self.said)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that was tried, with the elements of it that stand on the captured page too."""

    node: Node
    button: Node
    fields: tuple[Node | None, ...]  #: None: not to be found again
    told: Mapping[str, Any]
    empty: Step
    wrong: Step
    blurred: Step

    def names(self, words: str) -> bool:
        """Whether a message names one of its fields, as these are called beside them."""
        bare = re.sub(r"\s+", "", words)
        return any(part in bare for field in self.told["fields"] for title in field["titles"] for part in _parts(title))

    @property
    def fillable(self) -> int:
        """How many fields there are to fill in or to choose from."""
        return len(self.told["fields"])


def forms(document: Document) -> Iterator[Form]:
    """The forms that were tried twice with the same end, or once without any."""
    for told in (document.facts.get(NAME) or {}).get("forms", ()):
        node, button, runs = document.meet(told["told"]), document.meet(told["button"]), told["runs"]
        lost = any(run[name].get("lost") for run in runs for name in ("empty", "blurred", "wrong"))
        if node is None or button is None or len(runs) < 2 or lost:
            continue
        titles = [title for field in told["fields"] for title in field["titles"]]
        yield Form(
            node=node, button=button, fields=tuple(document.meet(field) for field in told["fields"]), told=told,
            **{name: _step([run[name] for run in runs], titles) for name in ("empty", "blurred", "wrong")},
        )  # fmt: skip


def vague(words: str) -> bool:
    """Whether a message says no more than that something is wrong or missing somewhere."""
    return bool(VAGUE.fullmatch(words))


def _step(runs: Sequence[Mapping[str, Any]], titles: Sequence[str]) -> Step:
    first, *others = runs
    fields = [{one["at"]: one for one in run["fields"]} for run in runs]
    both = [at for at in fields[0] if all(at in other for other in fields[1:])]
    heard = [text["words"] for run in runs for text in run["texts"] if not text["hidden"] and _concerns(text, titles)]
    heard += [words for run in runs for _, words in (*run["said"], *run["native"])]
    heard += [words for run in runs for one in run["fields"] for words in one["spoken"]]
    shown = [{text["words"] for text in run["texts"]} for run in others]
    said = [{words for _, words in run["said"]} for run in others]
    return Step(
        texts=tuple(text for text in first["texts"] if all(text["words"] in other for other in shown)), heard=tuple(heard),
        said=tuple(words for _, words in first["said"] if all(words in other for other in said)),
        native=all(run["native"] for run in runs), sent=any(run["did"] for run in runs),
        cues={at: fields[0][at]["cues"][0] for at in both if all(one[at]["cues"] for one in fields)},
        invalid=frozenset(at for one in fields for at in one if one[at]["invalid"]),
        described=frozenset(at for one in fields for at in one if one[at]["described"]),
        focus=first["focus"] if all(run["focus"] == first["focus"] for run in others) else "?",
    )  # fmt: skip


def _concerns(text: Mapping[str, Any], titles: Sequence[str]) -> bool:
    """Whether what became seen belongs to the form, and not to a strip of news that went on in the meantime."""
    bare = re.sub(r"\s+", "", text["words"])
    return text["form"] or bool(STATUS.search(bare)) or vague(bare) or any(part in bare for title in titles for part in _parts(title))


def _parts(title: str) -> Iterator[str]:
    """Pieces of a field's name that tell it from others."""
    bare = ASKING.sub("", title)
    if bare and not EMPTY.fullmatch(bare):
        yield bare
        for at in range(len(bare) - 1):
            if not EMPTY.search(bare[at : at + 2]) and re.fullmatch("[\u3400-\u9fff]{2}", bare[at : at + 2]):
                yield bare[at : at + 2]
