"""What axe measured on one element, as a Chinese sentence; where it measured nothing, what the rule asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.model import Outcome, Rule

UNDECIDED = {
    "bgImage": "文字下面有背景图片",
    "bgGradient": "文字下面有渐变背景",
    "bgOverlap": "文字的背景被其他内容遮挡",
    "fgAlpha": "文字是半透明的",
    "imgNode": "文字下面有图片",
    "elmPartiallyObscured": "文字被其他内容部分遮挡",
    "elmPartiallyObscuring": "文字部分伸出了它的背景",
    "outsideViewport": "文字在可视范围之外",
    "equalRatio": "文字与背景颜色相同",
    "shortTextContent": "文字太短，可能只是图形符号",
    "nonBmp": "文字是特殊符号",
    "pseudoContent": "背景由样式表中的伪元素构成",
    "complexTextShadows": "文字带有复杂的阴影",
    "colorParse": "颜色写法无法识别",
}
"""Why axe could not decide on a contrast, by the message keys of its check color-contrast."""


def sentence(rule: Rule, outcome: Outcome, checks: Iterable[Mapping[str, Any]]) -> str:
    """The sentence for one element: what was measured, or what to do; for cantTell what a person must look at."""
    for check in checks:
        said = _measured(check)
        if said:
            return said if outcome is Outcome.FAILED else f"程序不能确定，请人工查看：{said}"
    if outcome is Outcome.CANT_TELL:
        return f"程序不能确定，请人工查看：{rule.title}"
    return f"{rule.title}。{rule.repair[0]}" if rule.repair else rule.title


def _measured(check: Mapping[str, Any]) -> str:
    data, kind = check.get("data"), check["id"]
    if kind in ("color-contrast", "color-contrast-enhanced") and isinstance(data, Mapping):
        if data.get("contrastRatio") and data.get("expectedContrastRatio") and data.get("fgColor"):
            return (
                f"文字与背景的对比度是 {data['contrastRatio']}:1，应不低于 {data['expectedContrastRatio']}"
                f"（文字 {data['fgColor']}，背景 {data['bgColor']}，字号 {_pixels(data.get('fontSize'))}）"
            )
        return f"无法测量文字的对比度，因为{UNDECIDED.get(str(data.get('messageKey')), '背景情况复杂')}"
    if kind == "target-size" and isinstance(data, Mapping) and data.get("width"):
        least = data.get("minSize", 24)
        return f"可点击区域是 {_number(data['width'])}×{_number(data['height'])} 像素，应不小于 {least}×{least} 像素，或与相邻区域留出间距"
    if kind == "target-offset" and isinstance(data, Mapping) and data.get("closestOffset") is not None:
        least = data.get("minOffset", 24)
        return f"与相邻可点击区域的间距不足：以中心计直径只有 {_number(data['closestOffset'])} 像素，应不小于 {least} 像素"
    if kind in ("aria-valid-attr", "aria-allowed-attr", "aria-required-attr", "aria-valid-attr-value", "aria-prohibited-attr"):
        names = _names(data)
        if names:
            verb = {"aria-valid-attr": "不存在的属性", "aria-required-attr": "缺少必需的属性", "aria-valid-attr-value": "属性值无效"}
            return f"{verb.get(kind, '不允许使用的属性')}：{names}"
    return ""


def _names(data: Any) -> str:
    if isinstance(data, Mapping):
        data = data.get("values") or data.get("needsReview") or data.get("prohibited") or ()
    if isinstance(data, str):
        data = [data]
    return "、".join(str(name) for name in data if isinstance(name, str)) if isinstance(data, list | tuple) else ""


def _pixels(size: Any) -> str:
    """The px of axe's «12.0pt (16px)»."""
    text = str(size or "")
    return text.rpartition("(")[2].rstrip(")") if "(" in text else text or "未知"


def _number(value: Any) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value)
