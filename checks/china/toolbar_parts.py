"""What the checks of accessibility toolbars share: the answer of the experiment, and toolbars to show bad and good with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.document import Document, Node
from checks.probes.toolbar import NAME

TEXT = (
    "<main id='m'><h1>残疾人证换领</h1><p>请带身份证和两张照片到所在乡镇的服务大厅办理，也可以委托家属代办。</p>"
    "<p>行动不便的残疾人可以电话预约，由工作人员上门办理业务，不收取任何费用。</p></main>"
)
ENTRY = "<button type='button' id='o'>无障碍浏览</button>"
TOOLS = "<button type='button' onclick='f()'>放大文字</button><button type='button' onclick='c()'>关闭</button>"


def bar(*, tools: str = TOOLS, opens: str = "", entry: str = ENTRY, enlarge: str = "m.style.fontSize='180%'") -> str:
    """A page with a toolbar. `opens`: JavaScript that runs when it opens, `b` being the toolbar; `enlarge`: what its button does."""
    return (
        f"<style>#m p{{font-size:1em}}</style>{entry}<div id='w'></div>{TEXT}<script>var b=null,m=document.getElementById('m');"
        f"function f(){{{enlarge}}}function c(){{b.remove();b=null;o.focus()}}o.onclick=function(){{if(b)return c();"
        f"b=document.createElement('div');b.innerHTML={tools!r};w.appendChild(b);{opens}}}</script>"
    )


def tried(document: Document) -> tuple[Mapping[str, Any], Node] | None:
    """What the experiment tells, with the entrance of the toolbar; None where none was tried or the entrance is not to be found again."""
    told = document.facts.get(NAME) or {}
    entrance = document.meet(told.get("entrance"))
    return (told, entrance) if entrance is not None else None
