"""Where a page comes from: its labels and the family of its system are read from the document, kept with the ledger, and never guessed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.lifecycle import Counts
from auditor.migrations import MIGRATIONS
from auditor.model import Coverage, Page, Run, RunState, State
from auditor.store import Store
from checks.provenance import LONGEST, platforms, provenance

NOW = datetime(2026, 11, 28, tzinfo=UTC)
HOME = "http://www.example.test/"
HEAD = '<meta name="SiteName" content="云浔市人民政府"><META content="9900000001" name="siteidcode"><meta name="ColumnType" content="">'
FAMILIES = {
    "hanweb": '<div class="list"></div><script src="/module/web/jpage/jpage.js"></script>',
    "trs": '<div class="view TRS_UEDITOR trs_paper_default trs_web"><p>正文</p></div>',
    "epoint": '<a href="/EpointWebBuilder/rest/list">列表</a>',
    "vsb": '<link rel="stylesheet" href="/_sitegray/_sitegray_d.css"><div id="vsb_content"></div>',
    "ucap": "<UCAPCONTENT><p>正文</p></UCAPCONTENT>",
    "webplus": '<img src="/_visitcount?siteId=68&amp;type=1&amp;columnId=1952">',
    "demo": '<meta name="yunxun-cms" content="3.2">',
    "gkmlpt": '<a href="/gkmlpt/index">政府信息公开目录</a>',
}


def seen(html: str, url: str = HOME) -> Page:
    return Page(url=url, final_url=url, state=State.AUDITED, html=f"<html><head>{HEAD}</head><body>{html}</body></html>")


def test_labels_are_read_whatever_their_case_and_empty_ones_left_out() -> None:
    assert provenance(seen("")).labels == {"SiteName": "云浔市人民政府", "SiteIDCode": "9900000001"}


def test_a_label_is_cut_cleaned_and_the_first_of_two_counts() -> None:
    told = provenance(seen(f'<meta name="PubDate" content=" 2026-11-28\n 08:00 "><meta name="ArticleTitle" content="{"甲" * 500}">' + HEAD))
    assert told.labels["PubDate"] == "2026-11-28 08:00"
    assert len(told.labels["ArticleTitle"]) == LONGEST
    assert told.labels["SiteName"] == "云浔市人民政府"


@pytest.mark.parametrize(("family", "html"), FAMILIES.items())
def test_each_family_is_known_by_its_marks(family: str, html: str) -> None:
    assert provenance(seen(html)).platform == family
    assert platforms()[family].name and platforms()[family].vendor


def test_every_family_has_an_example() -> None:
    assert platforms().keys() == FAMILIES.keys()
    assert {one.mark for one in platforms().values()} <= {"V", "V2", "I"}


@pytest.mark.parametrize(
    "html",
    [
        "<p>本站使用 /module/web/jpage/ 和 TRS_Editor</p>",
        '<a href="http://www.other.test/module/web/jpage/a.jsp">友情链接</a>',
        '<a href="/col/col12/index.html">一种迹象不够</a>',
        '<!-- <div class="TRS_Editor"> --><script>var a = "<ucapcontent>"</script>',
        FAMILIES["trs"] + FAMILIES["vsb"],
    ],
)
def test_words_other_sites_single_hints_and_two_families_tell_none(html: str) -> None:
    assert provenance(seen(html)).platform == ""


def test_two_hints_together_tell_a_family_and_so_does_the_address_of_the_page() -> None:
    assert provenance(seen('<a href="/col/col12/index.html">要闻</a><form action="/jrobot/search.do"></form>')).platform == "hanweb"
    assert provenance(seen("", HOME + "art/2026/11/20/art_25359_4761.html")).platform == "hanweb"


HOSTILE = ("<a href='", "<meta name='a' content='" + "x" * 99 + "'>", '<a href="/W0' + "0" * 200 + '">', "<a class='" + "a " * 9)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_documents_are_read_in_time_linear_in_their_length(piece: str) -> None:
    begun = time.perf_counter()
    provenance(seen(piece * (1_000_000 // len(piece))))
    assert time.perf_counter() - begun < 10


def saved(store: Store, name: str, entry: Coverage) -> Coverage:
    store.begin_round(name, NOW, "manual")
    store.save(Run(site="a", round=name, started=NOW, finished=NOW, state=RunState.AUDITED, coverage=(entry,)), (), Counts())
    store.end_round(name, NOW)
    (told,) = store.ledger("a")
    return told


def test_provenance_is_kept_with_the_address_and_a_night_that_saw_nothing_does_not_wipe_it(tmp_path: Path) -> None:
    entry = Coverage(url=HOME, state=State.AUDITED, labels={"SiteIDCode": "9900000001"}, platform="hanweb")
    with Store.open(tmp_path / "auditor.db") as store:
        assert saved(store, "r1", entry) == entry
        lost = saved(store, "r2", Coverage(url=HOME, state=State.TIMEOUT, reason="没有答复"))
        assert (lost.labels, lost.platform) == (entry.labels, "hanweb")
        moved = saved(store, "r3", replace(entry, labels={}, platform="trs"))
        assert (moved.labels, moved.platform) == ({}, "trs")


def test_a_database_from_before_is_brought_up_to_date_and_keeps_its_ledger(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    with Store.open(path) as store:
        before = saved(store, "r1", Coverage(url=HOME, state=State.AUDITED, title="首页"))
    with closing(sqlite3.connect(path)) as db:  # as it was before
        db.executescript("ALTER TABLE address DROP COLUMN labels; ALTER TABLE address DROP COLUMN platform;")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '2026-11-28 where a page comes from'")
        db.commit()
    with Store.open(path) as store:
        assert not MIGRATIONS.pending(store.db) and store.integrity() == "ok"
        assert list(store.ledger("a")) == [before]
