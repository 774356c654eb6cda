"""Says the states of addresses in the ledger: in a word, what they mean, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from auditor.language import Words, say
from auditor.model import NEVER_TRIED, NOT_A_PAGE, SEEN, State

STATE: Mapping[State, str] = Words(
    {
        State.AUDITED: ("已检测", "audited"),
        State.REUSED: ("沿用上次结果", "carried over from the previous audit"),
        State.NOT_SAMPLED: ("本次未抽到", "not in the sample this time"),
        State.OVER_BUDGET: ("超出本次检测量", "beyond the budget of this audit"),
        State.EXCLUDED: ("按设置不检测", "excluded by the settings"),
        State.BLOCKED_BY_ROBOTS: ("robots.txt 不允许访问", "not allowed by robots.txt"),
        State.REDIRECTED_OUT: ("跳转到检测范围之外", "leads out of the audited site"),
        State.NOT_HTML: ("不是网页", "not a web page"),
        State.DUPLICATE: ("重复地址", "duplicate address"),
        State.GONE: ("页面不存在", "page does not exist"),
        State.ERROR_PAGE: ("服务器返回错误", "server answered with an error"),
        State.SOFT_404: ("内容为“页面不存在”", "content says “page not found”"),
        State.MAINTENANCE: ("正在维护", "under maintenance"),
        State.LOGIN_WALL: ("需要登录", "login required"),
        State.CHALLENGE: ("遇到安全验证", "stopped by a security check"),
        State.TIMEOUT: ("打开超时", "timed out"),
        State.TLS_ERROR: ("安全连接未建立", "no secure connection"),
        State.DNS_ERROR: ("域名无法解析", "domain name not found"),
        State.CONNECTION_REFUSED: ("连接被拒绝", "connection refused"),
        State.CONNECTION_RESET: ("连接中断", "connection broken off"),
        State.DENIED_BY_EGRESS: ("不在允许访问的网络范围", "outside the networks we may visit"),
        State.TOO_LARGE: ("页面过大", "page too large"),
        State.RENDER_FAILED: ("页面未能显示", "page did not display"),
        State.CRASHED: ("浏览器意外退出", "browser ended unexpectedly"),
        State.INTERRUPTED: ("检测中断", "audit interrupted"),
        State.NOT_CONFIRMED: ("网址待确认", "address awaits confirmation"),
    }
)

STATE_MEANING: Mapping[State, str] = Words(
    {
        State.AUDITED: (
            "页面已在浏览器中打开并完成检测。",
            "The page was opened in a browser and audited.",
        ),
        State.REUSED: (
            "页面的文件、样式、脚本和数据与上次检测时相同，没有再打开，沿用上次的检测结果。",
            "Its document, style sheets, scripts and data are the same as at the last audit; the page was not opened again, and "
            "that result is carried over.",
        ),
        State.NOT_SAMPLED: (
            "本次抽样没有选到，以后的检测可能会选到。",
            "This sample did not choose it; a later audit may.",
        ),
        State.OVER_BUDGET: (
            "本次检测的页数或时间已经用完，没有访问。",
            "The pages or the time of this audit were used up; it was not visited.",
        ),
        State.EXCLUDED: (
            "检测设置中写明不检测这类地址。",
            "The settings of the audit say that addresses of this kind are left out.",
        ),
        State.BLOCKED_BY_ROBOTS: (
            "网站的 robots.txt 不允许自动访问，本服务照此执行。如需检测，请调整 robots.txt。",
            "The site’s robots.txt does not allow automatic visits, and this service keeps to it. Please adjust it to have this audited.",
        ),
        State.REDIRECTED_OUT: (
            "打开后跳转到了检测范围以外的网站。",
            "It leads on to a website outside of what is audited.",
        ),
        State.NOT_HTML: (
            "返回的是文档、图片等文件，不是网页。",
            "It is a document, a picture or another file, not a web page.",
        ),
        State.DUPLICATE: (
            "与另一个地址是同一个页面，只检测一次。",
            "The same page as another address; it is audited only once.",
        ),
        State.GONE: (
            "服务器答复页面不存在（404 或 410）。如果站内还有链接指向它，请更新链接。",
            "The server says that the page does not exist (404 or 410). If links of the site still point to it, please update them.",
        ),
        State.ERROR_PAGE: (
            "服务器返回错误，页面没有正常打开。请检查网站运行情况。",
            "The server answered with an error, and the page did not open. Please check how the website is running.",
        ),
        State.SOFT_404: (
            "服务器答复正常，但页面内容说明页面不存在。建议改为答复 404。",
            "The server answers as if all were well, but the content says that the page does not exist. It should answer 404 instead.",
        ),
        State.MAINTENANCE: (
            "页面显示正在维护，以后的检测会再次访问。",
            "The page says that it is under maintenance; later audits will visit it again.",
        ),
        State.LOGIN_WALL: (
            "登录以后才能看到内容，检测程序没有登录。",
            "The content can be seen only after logging in; the audit does not log in.",
        ),
        State.CHALLENGE: (
            "网站的安全防护要求先通过验证，检测程序不绕过验证。如需检测，请在防护设备上放行本服务。",
            "The site’s security asks for a check first; the audit does not get round it. Please let this service through.",
        ),
        State.TIMEOUT: (
            "在规定时间内没有打开。请检查网站的响应速度。",
            "It did not open in the time allowed. Please check how fast the website answers.",
        ),
        State.TLS_ERROR: (
            "HTTPS 安全连接没有建立。请检查证书和加密设置。",
            "The secure connection (HTTPS) could not be made. Please check the certificate and the encryption settings.",
        ),
        State.DNS_ERROR: (
            "查不到域名对应的服务器。请核对网址和域名解析。",
            "No server was found for the domain name. Please check the address and the name records.",
        ),
        State.CONNECTION_REFUSED: (
            "服务器拒绝了连接。请检查服务器和防火墙设置。",
            "The server refused the connection. Please check the server and the firewall.",
        ),
        State.CONNECTION_RESET: (
            "连接被中途断开。请检查服务器和防火墙设置。",
            "The connection was broken off. Please check the server and the firewall.",
        ),
        State.DENIED_BY_EGRESS: (
            "地址指向内部网络或未获准访问的网络，检测程序没有访问。",
            "The address leads to an internal network, or to one that may not be visited; it was not visited.",
        ),
        State.TOO_LARGE: (
            "页面超过了检测程序能够处理的大小。",
            "The page is larger than the audit can handle.",
        ),
        State.RENDER_FAILED: (
            "页面没有完成显示，无法检测。",
            "The page did not finish displaying and could not be audited.",
        ),
        State.CRASHED: (
            "检测这个页面时浏览器意外退出，以后的检测会再次访问。",
            "The browser ended unexpectedly while this page was audited; later audits will visit it again.",
        ),
        State.INTERRUPTED: (
            "检测在完成之前中断，以后的检测会再次访问。",
            "The audit was interrupted before it was done; later audits will visit it again.",
        ),
        State.NOT_CONFIRMED: (
            "网址还没有经人确认，确认之前不访问。",
            "Nobody has confirmed the address yet; until then it is not visited.",
        ),
    }
)


class Kind(StrEnum):
    """Kinds of ledger states, those that need a hand first."""

    FAILED = "failed"
    NEVER = "never"
    OTHER = "other"
    SEEN = "seen"


KIND: Mapping[Kind, str] = Words(
    {
        Kind.FAILED: ("访问了，但未能检测", "visited, but could not be audited"),
        Kind.NEVER: ("没有访问", "not visited"),
        Kind.OTHER: ("不是网页、不在本站或已不存在", "not a web page, not of this site, or gone"),
        Kind.SEEN: ("有检测结果", "with a result"),
    }
)


def kind(state: State) -> Kind:
    """Of what kind a ledger state is."""
    if state in SEEN:
        return Kind.SEEN
    if state in NEVER_TRIED:
        return Kind.NEVER
    return Kind.OTHER if state in NOT_A_PAGE else Kind.FAILED


def advice(state: State) -> tuple[str, str]:
    """What a ledger state means, and what can be done about it; "" where STATE_MEANING names nothing. Neither ends in a full stop."""
    stop = say("。", ". ")
    meaning, _, remedy = STATE_MEANING[state].removesuffix(stop.strip()).partition(stop)
    return meaning, remedy
