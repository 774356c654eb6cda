"""Who does not see the red border learns from the error message alone which field is wrong, and how: it must be spoken, and say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node

MARK = re.compile(
    r"(?:^|[\s_-])(?:err(?:or)?s?|invalid|wrong|warn(?:ing)?|alert-danger)(?:$|[\s_-])|errormsg|errmsg|errortip|errtip", re.IGNORECASE
)
COMPLAINT = re.compile(
    r"不能为空|有误|错误|不正确|无效|不合法|不符合|不一致|请(?:正确|重新)?(?:填写|输入|选择)|必填|invalid|incorrect|wrong|error|required|"
    r"must\b|"
    r"cannot be|can't be|please (?:fill|enter|complete|select|correct|check)",
    re.IGNORECASE,
)  # fmt: skip
ACCUSES = re.compile(r"有误|错误|不正确|无效|不合法|invalid|incorrect|wrong", re.IGNORECASE)
ANY = (
    r"(?:(?:错误|出错了?|(?:输入|填写|格式|内容|数据)(?:有误|错误|无效|不正确)|有误|无效的?(?:值|输入)?|(?:此项|该项|本项)?(?:为?必填项?|不能为空)|"
    r"请(?:正确|重新|检查后)?(?:填写|输入)(?:正确)?的?(?:内容|信息|此项|该项|表单|值)?|"
    r"error|required|something went wrong|invalid|(?:invalid|wrong|incorrect) (?:value|input|entry|data)|"
    r"(?:this )?(?:field|value|input) (?:is )?(?:required|invalid|wrong|incorrect)|"
    r"please (?:fill|complete|correct|enter|check)(?: in)?(?: (?:the|this|all|your|a))?(?: (?:field|form|value|error|input|data)s?)?"
    r"(?: correctly| again)?)[。.!！,，;；\s]*)+"
)
GENERIC = re.compile(ANY, re.IGNORECASE)
UNEXPLAINED = re.compile(
    r"(?:invalid|wrong|incorrect) (?:value|input|entry|data) (?:for|in) [\w ]{1,40}[.!\s]*|[\w ]{1,40} (?:is|has an?) (?:invalid|"
    r"wrong)(?: value)?[.!\s]*|"
    r"(?!.*(?:密码|验证码|校验码|账号|帐号|用户名)).{1,12}?的?(?:值|输入|内容)?无效[。！!\s]*",
    re.IGNORECASE,
)  # fmt: skip
FIELDS = frozenset({"input", "select", "textarea"})
NO_FIELDS = frozenset({"hidden", "button", "submit", "reset", "image"})
AGE = '<label for="age">年龄</label><input id="age" value="0">'
NAME = '<label for="xm">姓名</label><input id="xm">'


@check(
    id="error-message",
    criteria=("3.3.1",),
    title="错误提示没有说清楚，或者读不出来",
    title_en="The error message is not clear, or not spoken",
    who="看不见红框的盲人和读不懂笼统提示的人，提交不成功时不知道是哪一项填错、该怎么改，只能放弃办理。",
    who_en="Blind people, who see no red border, and people whom vague words do not help learn neither which field is wrong nor how to "
        "mend it, and give up.",
    repair=(
        "提示文字可在后台设置的，写明是哪一项、错在哪里、怎样改，例如“年龄填写有误，请填写 1 至 120 之间的整数”。",
        "请开发单位让提示能被读屏软件读出：去掉 aria-hidden，用 aria-describedby 把提示与输入框相连，没有错误时不要连上。",
    ),
    repair_en=(
        "Where the words can be set in the editor, say which field, what is wrong and how to mend it.",
        "Ask the vendor to let screen readers speak it: no aria-hidden, tied to the field with aria-describedby, and only while there is "
        "an error.",
    ),
    verify="故意填错一项后提交，不看屏幕，从读屏软件读出的提示知道是哪一项、怎样改。",
    before=f'<form><p class="error">请正确填写。</p>{AGE}{NAME}</form>',
    after=f'<form><p class="error">年龄应填写 1 至 120 之间的整数。</p>{AGE}{NAME}</form>',
    bad=(
        f'<form><div id="error">Please fill the field correctly.</div>{AGE}{NAME}</form>',
        f'<form><p class="err-tip error">格式错误！</p>{AGE}{NAME}</form>',
        f'<form>{AGE}<span id="error">Invalid value for age.</span><br>{NAME}</form>',
        f'<form>{AGE}<span class="error">年龄的值无效。</span></form>',
        f'<form>{AGE}<span class="error" aria-hidden="true">年龄填写有误，应大于 0。</span></form>',
        '<form><input id="age" aria-label="年龄" value="0" aria-describedby="e"><span id="e" class="error" hidden>年龄填写有误，应大于 0。'
        '</span></form>',
        '<form><fieldset><legend>收件</legend><label>姓名<input></label></fieldset><fieldset><legend>付款</legend><label>姓名<input>'
        '</label></fieldset>'
        '<p class="error">请填写姓名</p></form>',
    ),
    unsure=(
        f'<form>{NAME}<span class="error">此项必填</span>{AGE}</form>',
        '<form><label>年龄<input aria-invalid="true" value="0"></label></form>',
    ),
    good=(
        f'<form>{AGE}<span class="error">年龄应大于 0。</span></form>',
        f'<form><p id="error">姓名和年龄不能为空，请填写。</p>{AGE}{NAME}</form>',
        '<form><input aria-label="年龄" value="0" aria-describedby="e"><span id="e" class="error">年龄填写有误，应大于 0。</span></form>',
        f'<form>{AGE}<span class="error" style="display:none">格式错误</span>{NAME}</form>',
        f'<form><p>请填写下列表格。</p>{AGE}{NAME}</form>',
        f'<form><div>{AGE}<span class="error">此项必填</span></div>{NAME}</form>',
        '<div class="error"><h2>404 错误</h2><p>页面无效。</p></div>',
        f'<form>{AGE}<span class="error">密码错误</span></form>', f'<form>{AGE}<span class="error" aria-hidden="true">*</span></form>',
        '<form><label>年龄<input aria-invalid="true" value="0" aria-describedby="e"></label><span id="e">请填写 1 至 120 之间的整数</span>'
        '</form>',
        '<form><label for="a">邮箱</label><input id="a" aria-describedby="e"><span id="e" class="error" hidden>请填写邮箱</span></form>',
    ),
)  # fmt: skip
def error_message(document: Document) -> Iterator[Hit]:
    """3.3.1: what is wrong is named and described in text that all can perceive (ACT 36b590)."""
    bound: dict[int, Node] = {}
    for node in document.with_attribute("aria-describedby", "aria-errormessage"):
        bound.update((one.index, node) for name in ("aria-describedby", "aria-errormessage") for one in node.refers(name))
    for node in document.nodes:
        if node.tag in FIELDS or node.tag == "form" or not (_marked(node)) or any(_marked(one) for one in node.descendants()):
            continue
        words = node.text or node.raw_text
        home = _home(node)
        if home is None or len(words) > 200 or not COMPLAINT.search(words):
            continue
        if hit := _judged(node, words, home, bound.get(node.index)):
            yield hit
    for field in document.elements(*FIELDS):
        wrong = field.get("aria-invalid") == "true" and field.visible and not field.description and not field.refers("aria-errormessage")
        if wrong and not COMPLAINT.search(_around(field)):
            yield unsure(field, "这一项标为填写有误（aria-invalid），但没有找到说明错在哪里的文字；请确认页面上有这样的提示，并与它相连")


def _judged(node: Node, words: str, home: Node, speaker: Node | None) -> Hit | None:
    """What is to be said of one error message; `speaker`: what it describes; `home`: what it stands in together with fields."""
    if not node.visible:
        if speaker is not None and node.rendered is False and ACCUSES.search(words):
            return failed(
                node, f"错误提示“{words[:40]}”没有显示，读屏软件却会读出它；请只在出错时显示，并且只在显示时用 aria-describedby 相连"
            )
        return None
    if node.veiled and any(one.get("aria-hidden") == "true" for one in (node, *node.ancestors())):
        return failed(node, f"错误提示“{words[:40]}”对读屏软件隐藏了；请去掉 aria-hidden")
    if speaker is not None:
        return passed(node)
    if UNEXPLAINED.fullmatch(words) and not GENERIC.fullmatch(words):
        return failed(node, f"错误提示“{words[:40]}”没有说明错在哪里；请写明怎样填才对")
    fields = list(_fields(home))
    if len(fields) < 2:
        return None
    if GENERIC.fullmatch(words):
        if node.previous is not None and (node.previous.tag in FIELDS or any(True for _ in _fields(node.previous))):
            return unsure(node, f"错误提示“{words[:40]}”没有写明是哪一项，也没有与输入框相连")
        return failed(node, f"错误提示“{words[:40]}”没有说明 {len(fields)} 项中哪一项填错了；请写明是哪一项、怎样改")
    form = node.inside("form") or home
    names = Counter(one.name for one in _fields(form) if len(one.name) >= 2)
    for name, times in names.items():
        if times > 1 and name in words and not any(group in words for group in _groups(form)):
            return failed(node, f"错误提示“{words[:40]}”提到的“{name}”在表单中有 {times} 项；请写明是哪一项")
    return passed(node)


def _marked(node: Node) -> bool:
    return bool(MARK.search(node.get("class")) or MARK.search(node.get("id"))) or (node.get("role") == "alert")


def _home(node: Node) -> Node | None:
    """The nearest thing around it that holds fields, no further away than its form or four steps."""
    for steps, above in enumerate(node.ancestors()):
        if above.tag in ("html", "body") or (steps > 4 and above.tag != "form"):
            return None
        if any(True for _ in _fields(above)):
            return above
        if above.tag == "form":
            return None
    return None


def _fields(node: Node) -> Iterator[Node]:
    return (one for one in node.descendants(*FIELDS) if one.visible and one.get("type").lower() not in NO_FIELDS)


def _groups(form: Node) -> list[str]:
    return [one.text for one in form.descendants("legend", "h2", "h3", "h4") if one.text]


def _around(field: Node) -> str:
    return " ".join(above.text for _, above in zip(range(2), field.ancestors(), strict=False))
