"""Counts the indicators of the plan that a night's ledger can answer; every other one is said to have no data yet."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import Category, History, Level, SiteHistory
from checks import miit
from reports import documents, words
from reports.grouping import board
from reports.runs import judged, newest, unconfirmed

NO_DATA = "尚无数据"


def values(history: History) -> dict[str, str]:
    """Indicator -> its value in words, for those that have one (definitions: standards_cn.md 7.3)."""
    watched = [site for site in history.sites if site.target.enabled]
    portals = [site for site in watched if site.target.site.category is Category.PORTAL]
    services = [site for site in watched if site.target.site.category is Category.SERVICE]
    return {
        "IA-1": _judged(
            [site for site in portals if not unconfirmed(site)], "经确认的政府门户网站", waiting=sum(map(unconfirmed, portals))
        ),
        "IA-2": _judged(services, "列入监测的政务服务平台"),
        **_documents(watched),
        "IA-9": _depends(history, watched),
        "IA-16": _not_judged([site for site in watched if not unconfirmed(site) and site.runs]),
    }


def _judged(sites: Sequence[SiteHistory], what: str, waiting: int = 0) -> str:
    rest = f"；另有 {waiting} 个等待确认" if waiting else ""
    if not any(site.runs for site in sites):
        return NO_DATA + (f"（{what}为 {len(sites)} 个{rest}）" if sites or waiting else "")
    sound = sum(judged(newest(site)) for site in sites)
    return f"{words.share(sound, len(sites))}：{what} {len(sites)} 个，最近一次检测得到评价的 {sound} 个{rest}"


def _documents(sites: Sequence[SiteHistory]) -> dict[str, str]:
    """IA-11, where documents were read: how many of them are not wholly out of reach."""
    counts = [documents.inaccessible(site) for site in sites]
    shut, read = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    if not read:
        return {}
    told = f"最近一次检测打开的附件 {words.number(read)} 份，带结构标签、有文字、允许读取的 {words.number(read - shut)} 份"
    return {"IA-11": f"{words.share(read - shut, read)}：{told}"}
def _depends(history: History, sites: Sequence[SiteHistory]) -> str:
    """Sites with a toolbar whose pages, met without it, fail level A, among all with a toolbar that were judged."""
    with_toolbar = [site for site in sites if judged(newest(site)) and miit.has_toolbar(site.noted)]
    if not with_toolbar:
        return NO_DATA
    boards = (board(site, history.rules, history.now, history.timezone) for site in with_toolbar)
    failing = sum(any(group.level is Level.A and not group.rule.startswith("toolbar-") for group in one.to_fix) for one in boards)
    told = f"首页有无障碍工具条、得到评价的站点 {len(with_toolbar)} 个，不打开工具条时仍查到 A 级障碍的 {failing} 个"
    return f"{words.share(failing, len(with_toolbar))}：{told}"


def _not_judged(sites: Sequence[SiteHistory]) -> str:
    if not sites:
        return NO_DATA
    missing = sum(not judged(newest(site)) for site in sites)
    return f"{words.share(missing, len(sites))}：访问过的站点 {len(sites)} 个，最近一次检测未能评价的 {missing} 个"
