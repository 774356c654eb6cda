"""What an automatic look says of the ministry's design specifications for old people's use: each row kept, broken, or for a person.

It is monitoring (监测), never the state's evaluation (评测) or mark (标识). `facts` gathers what a night has seen, `rows` judges it; both
are pure.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.model import SEEN, Judged, Target, Variant
from checks import judge
from checks.floats import PLACES

BUTTON = 44.0  # CSS px, the least width and height of a float's button (附件2 2.4); dp is taken as CSS px
MOSTLY = 0.9  # share of the characters from which on text counts as mainly that large
SMALLEST_SAMPLE = 50  # characters; a page with fewer says nothing of its text
MOST_PAGES = 12
CAPTCHAS = ("captcha-picture", "captcha-login")
KEYBOARD = frozenset({"2.1.1", "2.1.2"})


class RowState(StrEnum):
    """What monitoring says of a row."""

    PASS = "pass"
    FAIL = "fail"
    PERSON = "person"  #: a person has to look
    ABSENT = "absent"  #: what the row speaks of was not met


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One row of a specification, as the data file has it."""

    id: str
    document: str  #: 附件1 or 附件2 of 工信厅信管函〔2021〕67号
    clause: str
    confidence: str  #: V, V2 or U
    title: str
    wording: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A requirement with what monitoring says of it, and why."""

    requirement: Requirement
    state: RowState
    why: str


@cache
def requirements() -> tuple[Requirement, ...]:
    """All rows, in the order of the data file."""
    told = tomllib.loads(files("checks.china").joinpath("miit.toml").read_text(encoding="utf-8"))
    return tuple(Requirement(**row) for row in told["row"])


def facts(done: Iterable[Judged], target: Target, *, start: str) -> Mapping[str, Any]:
    """What a run has seen of a site, as plain JSON; {} where its start page was not judged.

    -> {"start", "pages": [{"url", "variant", and what `checks.noted` kept}], "rules": {rule: [failed, passed, cantTell]} of desktop for
    captchas, "keyboard": [failed, cantTell] places under 2.1.1 and 2.1.2 on desktop, "used": pages that were tried by keyboard,
    "variants"}.
    """
    seen = [judged for judged in done if judged.coverage.state in SEEN]
    desktop = [judged for judged in seen if judged.coverage.variant is Variant.DESKTOP]
    if not any(judged.coverage.url == start and judged.noted for judged in desktop):
        return {}
    kept = [judged for judged in seen if judged.noted]
    kept.sort(key=lambda judged: (judged.coverage.variant is Variant.DESKTOP) * (1 if judged.coverage.url != start else -1))
    known = judge.rules()
    counts: dict[str, list[int]] = {}
    keyboard: Counter[str] = Counter()
    for judged in desktop:
        for tally in judged.tallies:
            if tally.rule in CAPTCHAS:
                before = counts.get(tally.rule, [0, 0, 0])
                counts[tally.rule] = [before[0] + tally.failed, before[1] + tally.passed, before[2] + tally.cant_tell]
        for finding in judged.findings:
            if finding.rule in known and KEYBOARD.intersection(known[finding.rule].criteria):
                keyboard[finding.outcome.value] += 1
    return {
        "start": start,
        "pages": [{"url": one.coverage.url, "variant": one.coverage.variant.value, **one.noted} for one in kept[:MOST_PAGES]],
        "rules": counts, "keyboard": [keyboard["failed"], keyboard["cantTell"]], "used": sum(judge.tried(one.coverage) for one in desktop),
        "variants": [variant.value for variant in target.variants],
    }  # fmt: skip


def rows(told: Mapping[str, Any]) -> tuple[Row, ...]:
    """Every requirement with the word of `facts` on it; none where nothing was seen."""
    if not told:
        return ()
    site = _Site(told)
    return tuple(Row(requirement=one, state=state, why=why) for one in requirements() for state, why in [JUDGES[one.id](site)])


def families(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the toolbar families on the start page as a visitor first meets it."""
    return tuple(one["family"] for one in _Site(told).start.get("toolbars", ())) if told else ()


def has_toolbar(told: Mapping[str, Any]) -> bool:
    """Whether the start page has an accessibility toolbar: a known one, or an entrance that opens something on the page itself."""
    return bool(told) and bool(families(told) or any(not one["url"] for one in _Site(told).start.get("aid", ())))


class _Site:
    """The facts, pleasant to ask."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self.pages: Sequence[Mapping[str, Any]] = told["pages"]
        self.start: Mapping[str, Any] = next(iter(self.of(Variant.DESKTOP)), {})
        self.elder, self.mobile = self.of(Variant.ELDER), self.of(Variant.MOBILE)
        self.used: Sequence[Mapping[str, Any]] = [page["used"] for page in self.of(Variant.DESKTOP) if "used" in page]

    def of(self, variant: Variant) -> list[Mapping[str, Any]]:
        """The pages seen in a variant, the start page first."""
        return [page for page in self.pages if page["variant"] == variant.value]

    def wanted(self, variant: Variant) -> bool:
        """Whether the variant is looked at."""
        return variant.value in self.told["variants"]

    def names(self) -> list[str]:
        """What the opened toolbar or elder mode offers, by its own words."""
        opened = [page["opened"]["names"] for page in self.pages if "opened" in page]
        return [name for group in (*opened, *(one["names"] or () for one in self.used)) for name in group]

    def toolbar(self) -> bool:
        """Whether something opens on the page itself."""
        return has_toolbar(self.told) or bool(self.used)


Answer = tuple[RowState, str]


def _elder_entrance(site: _Site) -> Answer:
    entrances = site.start.get("elder", [])
    if not entrances:
        nameless = site.start.get("nameless", 0)
        if nameless:
            return RowState.PERSON, f"首页上没有找到写明“长者版”“关怀版”的入口；另有 {nameless} 个链接或按钮没有名称，请查看其中是否有"
        return RowState.FAIL, "首页上所有能读出名称的链接和按钮里，没有“长者版”“关怀版”等入口"
    words = "、".join(dict.fromkeys(f"“{one['words']}”" for one in entrances))
    if not any(one["tab"] for one in entrances):
        return RowState.FAIL, f"首页有{words}入口，但只能用鼠标点击"
    if site.wanted(Variant.ELDER) and not site.elder:
        return RowState.PERSON, f"首页有{words}入口，长者版这一次没有检测成功，请查看能否打开"
    return RowState.PASS, f"首页有{words}入口，能用键盘走到{'，长者版能够打开' if site.elder else ''}"


def _mobile_text(site: _Site) -> Answer:
    large = [page for page in (*site.mobile, *site.elder) if _large(page)]
    if large:
        return RowState.PASS, f"{_where(large[0])}的文字以 18 px 及以上为主（{large[0]['text']['large']:.0%}）"
    measured = [page for page in site.mobile if _measured(page)]
    if not measured:
        return RowState.PERSON, "没有检测手机网页（variants 中没有 mobile，或没有检测成功）"
    text = measured[0]["text"]
    told = f"手机上首页文字多为 {text['median']:g} px，18 px 及以上的占 {text['large']:.0%}"
    if site.toolbar() or site.start.get("elder"):
        return RowState.PERSON, f"{told}；请查看工具条或长者版在手机上能否把文字调到 18 px 以上"
    return RowState.FAIL, f"{told}，也没有长者版或放大工具可用"


def _elder_text(site: _Site) -> Answer:
    measured = [page for page in site.elder if _measured(page)]
    if site.elder and not measured:
        return RowState.PERSON, "长者版网页上的文字太少，没有量字号"
    if not measured:
        return (RowState.PERSON, "长者版没有检测成功") if site.start.get("elder") else (RowState.ABSENT, "没有找到长者版")
    small = [page for page in measured if not _large(page)]
    if not small:
        return RowState.PASS, f"检测的 {len(measured)} 个长者版网页，文字都以 18 px 及以上为主"
    text = small[0]["text"]
    return RowState.FAIL, f"长者版网页 {small[0]['url']} 的文字多为 {text['median']:g} px，18 px 及以上的只占 {text['large']:.0%}"


def _enlarge(site: _Site) -> Answer:
    tried = [one["enlarge"] for one in site.used if one["enlarge"]]
    if any(one["how"] == "key" for one in tried):
        best = max(tried, key=lambda one: float(one["ratio"]))
        return RowState.PASS, f"按工具条的放大按钮，正文变为原来的 {best['ratio']:g} 倍"
    if any(one["how"] == "mouse" for one in tried):
        return RowState.FAIL, "工具条的放大按钮只能用鼠标使用，键盘按不动"
    if tried:
        return RowState.FAIL, "工具条有放大按钮，两次载入都试过，正文没有变大"
    if site.toolbar() or site.start.get("elder") or site.start.get("aid"):
        return RowState.PERSON, "没有试到放大按钮（工具条没有打开、没有这样的按钮，或这一次没有做交互检测）"
    return RowState.FAIL, "首页上没有放大文字的工具条，也没有长者版"


def _offers(*words: str) -> Callable[[_Site], Answer]:
    def offered(site: _Site) -> Answer:
        names = site.names()
        found = next((name for name in names if any(word in name for word in words)), None)
        if found:
            return RowState.PASS, f"工具条里有“{found}”；好不好用，请人工试用"
        if names:
            return RowState.PERSON, "打开的工具条里没有从文字上看得出的这一项，请查看图标按钮"
        if site.toolbar() or site.start.get("elder") or site.start.get("aid"):
            return RowState.PERSON, "工具条、长者版或另设的无障碍网页没有打开过，请人工查看"
        return RowState.FAIL, "首页上没有工具条，也没有长者版"

    return offered


def _keyboard(site: _Site) -> Answer:
    broken, open_ = site.told["keyboard"]
    if broken:
        return RowState.FAIL, f"查到 {broken} 处不能用键盘操作（WCAG 2.1.1、2.1.2），见待修复的问题"
    if not site.told["used"]:
        return RowState.PERSON, "这一次没有用键盘试过网页（检查范围不是 full）"
    if open_:
        return RowState.PERSON, f"有 {open_} 处要人工判断能否用键盘操作"
    return RowState.PASS, f"用键盘试过 {site.told['used']} 个网页，没有查到不能操作之处；没有试过的网页不在其内"


def _no_adverts(site: _Site) -> Answer:
    if not site.elder:
        return (RowState.PERSON, "长者版没有检测成功") if site.start.get("elder") else (RowState.ABSENT, "没有找到长者版")
    floating = [(page, one) for page in site.elder for one in page["floats"]]
    if floating:
        page, one = next((each for each in floating if each[1]["named"]), floating[0])
        if one["named"]:
            return RowState.FAIL, f"长者版网页 {page['url']} 上有推广浮窗“{one['words'] or '图片'}”"
        return RowState.PERSON, f"长者版网页 {page['url']} 上有浮窗“{one['words'] or '图片'}”，请查看是否属于推广"
    pictures, frames = (sum(page[name] for page in site.elder) for name in ("pictures", "frames"))
    if pictures or frames:
        return RowState.PERSON, f"长者版没有浮窗；有 {pictures} 张带链接的图片、{frames} 个其他网站的框架，请查看是否属于广告"
    return RowState.PASS, f"检测的 {len(site.elder)} 个长者版网页没有浮窗、带链接的图片和其他网站的框架"


def _all_floats(site: _Site) -> list[Mapping[str, Any]]:
    return [one for page in site.pages if page["variant"] != Variant.TOOLBAR_OPEN.value for one in page["floats"]]


def _float_closes(site: _Site) -> Answer:
    found = _all_floats(site)
    if not found:
        return RowState.ABSENT, "检测的网页上没有推广浮窗"
    open_ = [one for one in found if not one["closes"]]
    if named := [one for one in open_ if one["named"]]:
        return RowState.FAIL, f"浮窗“{named[0]['words'] or '图片'}”没有找到关闭按钮"
    if open_:
        return RowState.PERSON, f"浮窗“{open_[0]['words'] or '图片'}”没有找到关闭按钮；请查看是否属于推广浮窗，能不能永久关闭"
    return RowState.PERSON, "浮窗有关闭按钮；请查看关闭之后换一页、隔天再来，它是否不再出现"


def _float_button(site: _Site) -> Answer:
    found = _all_floats(site)
    if not found:
        return RowState.ABSENT, "检测的网页上没有推广浮窗"
    for one in found:
        words = one["words"] or "图片"
        if not one["closes"] and one["named"]:
            return RowState.FAIL, f"浮窗“{words}”没有找到关闭按钮"
        if not one["closes"]:
            return RowState.PERSON, f"浮窗“{words}”没有找到关闭按钮；请查看是否属于推广浮窗"
        if min(one["width"], one["height"]) < BUTTON:
            return RowState.FAIL, f"浮窗“{words}”的关闭按钮为 {one['width']:g}×{one['height']:g}，小于 44×44"
        if one["place"] not in PLACES:
            return RowState.FAIL, f"浮窗“{words}”的关闭按钮不在左上、右上或中央底部"
    return RowState.PASS, f"{len(found)} 个浮窗的关闭按钮都不小于 44×44，并在规定的位置"


def _captcha(site: _Site) -> Answer:
    failed, passed, open_ = (sum(site.told["rules"].get(rule, [0, 0, 0])[place] for rule in CAPTCHAS) for place in range(3))
    if failed:
        return RowState.FAIL, f"有 {failed} 处登录必须辨认图形验证码，没有其他方式"
    if open_:
        return RowState.PERSON, f"有 {open_} 处图形验证码，附近没有找到语音、短信等方式，请查看"
    if passed:
        return RowState.PERSON, f"{passed} 处图形验证码旁有其他验证方式；能否放大到两倍，请人工查看"
    return RowState.ABSENT, "检测的网页上没有见到图形验证码"


JUDGES: Mapping[str, Callable[[_Site], Answer]] = {
    "elder-entrance": _elder_entrance, "mobile-text": _mobile_text, "elder-text": _elder_text, "enlarge": _enlarge,
    "voice": _offers("语音", "朗读", "读屏", "指读", "连读"), "contrast": _offers("对比", "配色", "换色", "背景色", "主题色"),
    "big-cursor": _offers("鼠标", "光标", "指针"), "keyboard": _keyboard, "no-adverts": _no_adverts, "float-closes": _float_closes,
    "float-button": _float_button, "captcha": _captcha,
}  # fmt: skip


def _measured(page: Mapping[str, Any]) -> bool:
    return float(page["text"]["chars"]) >= SMALLEST_SAMPLE


def _large(page: Mapping[str, Any]) -> bool:
    return _measured(page) and float(page["text"]["large"]) >= MOSTLY


def _where(page: Mapping[str, Any]) -> str:
    return "长者版" if page["variant"] == Variant.ELDER.value else "手机网页"
