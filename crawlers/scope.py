"""Decides what one address is to a site: one of its pages, left out by the owner, an attachment, or somebody else's."""

from __future__ import annotations

import re

from auditor.addresses import in_scope, matches
from auditor.model import State, Target

ATTACHMENT = re.compile(
    r"[^?#]*\.(pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|ceb|rtf|txt|csv|zip|rar|7z|gz|tar|iso|exe|apk|msi|jpe?g|png|gif|bmp|webp|svg|tiff?|ico"
    r"|mp[34]|m4[av]|avi|wmv|flv|mov|rmvb?|swf|wav|css|js)(\?.*)?",
    re.IGNORECASE,
)


def belongs(url: str, target: Target) -> bool:
    """Whether a canonical address is one of the site's at all; others do not enter its ledger."""
    return in_scope(url, target.site.url, target.scope)


def unwanted(url: str, target: Target, *, listed: bool = False) -> tuple[State, str] | None:
    """Why an address that was found is not visited, as state and sentence; None if it is to be visited.

    `listed`: somebody named the address in targets.yml, so `include` does not concern it. What is excluded stays excluded.
    """
    if not belongs(url, target):
        return State.EXCLUDED, "不在这个网站的检测范围（scope）内"
    if matches(url, target.exclude):
        return State.EXCLUDED, "按 exclude 设置不检测"
    if target.include and not listed and not matches(url, target.include):
        return State.EXCLUDED, "不在 include 设置的检测范围内"
    if ATTACHMENT.fullmatch(url):
        return State.NOT_HTML, "附件，不是网页"
    return None
