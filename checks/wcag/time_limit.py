"""Who needs more time to read or to fill in a form loses everything when the page leads away or reloads after a set time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document

FORM = "<form><label>姓名<input name=xm></label><label>身份证号<input name=sfz></label></form><p>请在填写之前准备好残疾人证和户口簿。</p>"
GO = "location.href='/login'"
TICK = (
    "<p>页面将在<b id=s>{0}</b>秒后自动返回首页。</p><script>var k={0},t=setInterval(function(){{s.textContent=--k;"
    "if(k<=0)location.href='/'}},1000)</script>"
)
IDLE = (
    "<script>var last=Date.now();document.onmousemove=document.onkeydown=function(){last=Date.now()};"
    "setInterval(function(){if(Date.now()-last>1800000)location.replace('/logout')},10000)</script>"
)
CHAIN = "<script>var n=0;(function f(){if(++n>30){location.assign('/timeout')}else setTimeout(f,60000)})()</script>"
ASYNC = "<script>(async()=>{await new Promise(r=>setTimeout(r,900000));window.location='/index'})()</script>"
WARNED = (
    "<div id=d role=dialog aria-label=提醒 hidden>登录即将超时，是否继续？<button onclick='clearTimeout(q);d.hidden=true'>"
    "继续办理</button></div>"
    "<script>var q;setTimeout(function(){d.hidden=false;q=setTimeout(function(){location.href='/out'},60000)},1200000)</script>"
)


def _page(script: str) -> str:
    return f"{FORM}<script>{script}</script>"


@check(
    id="time-limit",
    criteria=("2.2.1",),
    impact=Impact.SERIOUS,
    title="到时间自动跳转或刷新，不能延长",
    title_en="Page leads away or reloads after a set time",
    who="读得慢、打字慢的人和使用读屏软件的盲人还没读完或填完，页面就自动跳走或刷新，填好的内容也没有了。",
    who_en="Slow readers, slow typists and blind people have not finished when the page leads away or reloads, and what they "
        "wrote is gone.",
    repair=(
        "请取消页面的自动跳转和自动刷新，改为由使用者点击。",
        "因安全必须限时的，请开发单位在到时之前至少20秒提醒，并让使用者按一下键就能延长，可以延长10次以上。",
    ),
    repair_en=(
        "Remove automatic redirects and reloads; let people click.",
        "Where security demands a limit, warn at least 20 seconds before, and let one simple key press extend it, ten times or more.",
    ),
    verify="打开页面后放着不动，到时间后它不会自己跳走或刷新；或者事先有提醒，按一下键就能延长。",
    before=_page("setTimeout(function(){location.href='/login'},1800000)"),
    after=FORM,
    reads=("capture", "time"),
    bad=(
        _page(f"setTimeout(function(){{{GO}}},1800000)"),
        _page("setTimeout('location.reload()',300000)"),
        _page("setInterval(function(){window.location.reload(true)},600000)"),
        f"{FORM}{TICK.format(60)}",
        f"{FORM}{IDLE}",
        f"{FORM}{CHAIN}",
        f"{FORM}{ASYNC}",
        "<p>操作成功，正在返回。</p><a href='/'>返回首页</a><script>setTimeout(function(){location.replace('/')},5000)</script>",
        f"<form id=f action='/save' method=get><input name=a></form>{_page('setTimeout(function(){f.submit()},1200000)')}",
        _page("var e=new Date().getTime()+36e5*8;setInterval(function(){if(new Date().getTime()>e){top.location='/login.html'}},30000)"),
        _page("window.onload=function(){window.setTimeout(function(){document.location='/index.html'},15*1000)}"),
    ),
    unsure=(
        f"{WARNED}{FORM}",
        f"{FORM}<div id=m hidden>您长时间未操作，会话已过期，请重新登录</div><script>"
        f"setTimeout(function(){{m.hidden=false}},1800000)</script>",
        _page("setTimeout(function(){if(!confirm('登录即将超时，是否继续？'))location.href='/out'},1500000)"),
        _page("setTimeout(function(){alert('登录已超时，请重新登录')},1500000)"),
    ),
    good=(
        FORM,
        f"{FORM}{TICK.format(60)}<button type=button onclick='clearInterval(t)'>取消自动跳转</button>",
        _page(f"setTimeout(function(){{{GO}}},80000000)"),
        _page("setInterval(function(){document.title='通知'},1000)"),
        _page("setTimeout(function(){location.hash='top'},3000)"),
        _page(f"var q=setTimeout(function(){{{GO}}},600000);clearTimeout(q)"),
        _page("function f(){history.replaceState({},'','?p=1');setTimeout(f,5000)}f()"),
        f"{FORM}<iframe src='about:blank' name=k></iframe><script>setInterval(function(){{frames.k.location='/tick'}},60000)</script>",
        f"{FORM}<a href='/login'>登录</a><script>setInterval(function(){{new Image().src='/alive?'+Date.now()}},300000)</script>",
        _page("setInterval(function(){if(new Date().getFullYear()>3000)location.reload()},1000)"),
        f"<p>请稍候，登录超时时间为30分钟。</p>{FORM}<script>requestAnimationFrame(function f(){{requestAnimationFrame(f)}})</script>",
    ),
)  # fmt: skip
def time_limit(document: Document) -> Iterator[Hit]:
    """2.2.1 (F40, F41, F58): what happened on two loads when the clock was put forward to 20 hours. A warning, a person judges."""
    told = document.facts.get("time")
    if not told:
        return
    node = document.body or document.root
    leaves, asks = told["leaves"], [one for one in told["asks"] if one["byClock"]]
    if leaves:
        what = f"打开{_span(leaves['at'])}后，页面自动{_deed(leaves)}"
        kept = [one for one in leaves["controls"] if one["kept"]]
        if kept:
            yield passed(node)
        elif asks or leaves["late"] or told["notices"]:
            hint = asks[0]["text"] if asks else leaves["late"][0]["named"] if leaves["late"] else told["notices"][0]["text"]
            yield unsure(node, f"{what}，事前出现了“{hint[:30]}”；请看是否至少提前20秒提醒，并能一步延长")
        elif leaves["controls"]:
            yield unsure(node, f"{what}，点击“{leaves['controls'][0]['named'][:20]}”也没有使它停下；请看有没有别的办法延长")
        elif leaves["again"] and leaves["held"]:
            yield failed(node, f"{what}，没有提醒，也没有延长的办法；请取消自动{_deed(leaves)[:2]}，或在到时之前提醒并允许延长")
        else:
            yield unsure(node, f"{what}，重新打开后没有再次见到")
    elif asks:
        yield unsure(node, f"打开{_span(asks[0]['at'])}后弹出“{asks[0]['text'][:40]}”；请看时间是否有限制、能不能延长")
    elif told["notices"]:
        yield unsure(node, f"放置一段时间后出现“{told['notices'][0]['text'][:40]}”；请看时间是否有限制、能不能延长")


def _deed(leaves: Mapping[str, Any]) -> str:
    return "刷新" if leaves["kind"] == "reload" else "提交表单" if leaves["kind"] == "form" else f"跳转到 {leaves['url'][:60]} "


def _span(milliseconds: int) -> str:
    seconds = round(milliseconds / 1000)
    if seconds < 120:
        return f"约{seconds}秒"
    return f"约{round(seconds / 60)}分钟" if seconds < 7200 else f"约{round(seconds / 3600)}小时"
