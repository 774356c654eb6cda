"""A slip of the finger in a payment or an application that cannot be taken back costs those most who cannot see what they have entered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, unsure
from checks.document import Document, Node

COMMITS = re.compile(
    r"(?:确认|立即|马上|我要|去)?(?:缴费|支付|付款|转账|充值|缴款)|(?:确认|提交|正式)(?:申报|申请|签约|签署|承诺|订单|报名|报税)"
    r"|我承诺|同意并(?:提交|签署)"
)
CHECKED = re.compile(r"核对|预览|上一步|返回修改|修改信息|撤回|撤销|取消订单|退款|请确认以下|确认信息")
BUTTONS = ("button", "input", "a")
FIELDS = 2  # from which on there is something to check


@check(
    id="commitment-unchecked",
    criteria=("3.3.4",),
    title="提交前没有核对或撤回的机会",
    title_en="No chance to check or take back a commitment",
    who="读屏用户和手抖的老年人填错金额或证件号后直接提交，没有核对的一步，也不能撤回，损失要自己承担。",
    who_en="Screen reader users and old people whose hands shake send a wrong amount or number at once, with no step to check it.",
    repair=(
        "在缴费、申报等办理的最后加一步“核对信息”，列出已填的内容，并提供“返回修改”。",
        "或者在提交后的一段时间内允许撤回、修改，并写明办法。",
    ),
    repair_en=(
        "Add a last step that lists what was entered, with a way back to change it.",
        "Or let people take back or change what they sent for some time, and say how.",
    ),
    verify="填好表单走到最后，提交之前能看到已填的全部内容并能返回修改，或者提交后能撤回。",
    before='<form><label>缴费金额 <input name="je"></label><label>户号 <input name="hh"></label><button>立即缴费</button></form>',
    after='<form><label>缴费金额 <input name="je"></label><label>户号 <input name="hh"></label>'
    "<p>下一步请核对信息，确认无误后再缴费，可返回修改。</p><button>下一步</button></form>",
    unsure=(
        '<form><label>身份证号 <input name="a"></label><label>姓名 <input name="b"></label><input type="submit" value="提交申请"></form>',
        '<form><label>账号 <input name="a"></label><label>金额 <input name="b"></label><a href="#" role="button">确认支付</a></form>',
    ),
    good=(
        '<form><label>姓名 <input name="a"></label><label>电话 <input name="b"></label>'
        "<button>提交申请</button><button>返回修改</button></form>",
        '<form><label>关键词 <input name="a"></label><label>年份 <input name="b"></label><button>查询</button></form>',
        '<p><a href="/jf/">水费缴费</a></p>',
        '<form hidden><input name="a"><input name="b"><button>立即缴费</button></form>',
        '<form><label>内容 <input name="a"></label><label>电话 <input name="b"></label>'
        "<button>提交申请</button><p>提交后7日内可撤回。</p></form>",
    ),
)  # fmt: skip
def commitment_unchecked(document: Document) -> Iterator[Hit]:
    """3.3.4: forms whose button commits to a payment or an application. Whether a later step asks again, a person has to see."""
    for form in document.elements("form"):
        if not form.visible or form.veiled:
            continue
        fields = [one for one in form.descendants("input", "select", "textarea") if one.visible and one.get("type").lower() not in SILENT]
        button = next((one for one in form.descendants(*BUTTONS) if one.visible and COMMITS.search(_words(one))), None)
        if button is not None and len(fields) >= FIELDS and not CHECKED.search(form.text):
            yield unsure(button, f"按下“{_words(button)[:20]}”就提交，这个表单里没有看到核对或撤回的说明；请走到最后一步看一看")


SILENT = frozenset({"hidden", "submit", "button", "image", "reset"})


def _words(node: Node) -> str:
    return node.get("value") if node.tag == "input" and node.get("type").lower() in SILENT else node.text if node.tag != "input" else ""
