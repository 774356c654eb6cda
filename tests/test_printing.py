"""Reports on paper: tagged, titled, Chinese PDF with an outline and a real font, which pass our own audit of documents."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup
from histories import NOW, city_portal, element, history, hostile_history, issue, picture, rendered
from materials import full_store

from auditor import printing
from auditor.doctor import examine
from auditor.language import told_in
from auditor.model import History, Watch
from auditor.printing import NOWHERE, Printed, Printer, finished
from auditor.publish import publish, read_history, used
from auditor.store import Store
from checks.attachments import attachment_checks
from checks.readers import read
from crawlers.browsers.find import BrowserMissing
from reports import heads, site
from reports.pages import stylesheet

DIGEST, PICTURE = picture("logo")
PRINTED_FONTS = "打印用中文字体"


def printed(printer: Printer, known: History) -> Printed:
    def beside(path: str) -> bytes | None:
        return stylesheet() if path == "style.css" else PICTURE if path == f"pictures/{DIGEST}.webp" else None

    (one,) = known.sites
    return printer.printed(f"sites/{one.target.site.id}.html", site.printable(known, one), beside, known.now)


def structure(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary):
            yield one
            kept = one.get("/K")
            waiting += list(kept) if isinstance(kept, pikepdf.Array) else [kept]


# ---------------------------------------------------------------------------------------------- without a browser


def made(links: tuple[str, ...] = ()) -> bytes:
    """A small tagged file as a browser would print it."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].obj["/Annots"] = pdf.make_indirect(
        pikepdf.Array([pikepdf.Dictionary(A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(link))) for link in links])
    )
    pdf.docinfo["/Title"] = "某市人民政府无障碍检测报告"
    picture_ = pikepdf.Dictionary(S=pikepdf.Name.Figure, Alt=pikepdf.String("截图"))
    figure = pikepdf.Dictionary(S=pikepdf.Name.Figure, K=pikepdf.Array([picture_]))
    pdf.Root["/StructTreeRoot"] = pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=pikepdf.Array([figure]))
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


def test_links_to_other_pages_of_the_report_lead_to_files_beside_it_and_others_stay() -> None:
    links = (f"{NOWHERE}sites/shi.others.3.html", f"{NOWHERE}index.html", "http://www.shi.gov.cn/a?b=1")
    with pikepdf.open(io.BytesIO(finished(made(links), NOW).content)) as pdf:
        targets = [str(note["/A"]["/URI"]) for note in pdf.pages[0].obj["/Annots"]]  # type: ignore[union-attr]
    assert targets == ["shi.others.3.html", "../index.html", "http://www.shi.gov.cn/a?b=1"]


def test_the_file_says_its_title_and_language_and_a_figure_is_the_picture_in_it() -> None:
    raw = made()
    done = finished(raw, NOW)
    with pikepdf.open(io.BytesIO(done.content)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261123013000Z"
        with pdf.open_metadata(update_docinfo=False) as about:
            assert about["dc:title"] == "某市人民政府无障碍检测报告" and list(about["dc:language"]) == ["zh-CN"]
        kinds = [str(one["/S"]) for one in structure(pdf) if "/S" in one]
    assert kinds == ["/Div", "/Figure"] and done.drawn == () and finished(raw, NOW) == done
    with told_in("en"), pikepdf.open(io.BytesIO(finished(raw, NOW).content)) as pdf, pdf.open_metadata(update_docinfo=False) as about:
        assert list(about["dc:language"]) == ["en"]


def test_on_paper_the_first_ten_are_told_in_full_and_the_rest_in_short() -> None:
    portal = city_portal()
    issues = tuple(issue(n, "color-contrast", "http://www.shi.gov.cn/", element(f"#x{n}", "a", "main", id=f"x{n}")) for n in range(14))
    known = replace(history(), sites=(replace(portal, issues=issues, decisions=()),))
    page = BeautifulSoup(site.printable(known, known.sites[0]), "lxml")
    cards = page.select("#first article, #others article")
    told = [card.get_text() for card in cards]
    assert len(told) == 14 and all("怎样核实" in text for text in told[:10]) and not any("怎样核实" in text for text in told[10:])
    assert all("低视力的人和在强光下使用手机的人看不清这些字" in text and "编号：" in text for text in told)


def test_letters_that_became_drawings_are_told() -> None:
    pdf = pikepdf.open(io.BytesIO(made()))
    drawn = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type3, Name=pikepdf.Name.F1)
    pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=drawn))
    file = io.BytesIO()
    pdf.save(file)
    assert finished(file.getvalue(), NOW).drawn == ("/F1",)


def test_a_report_is_published_with_its_work_list_and_without_pdf_where_there_is_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "find_browser", lambda: None)
    full_store(tmp_path / "auditor.db", 60, pages=6)
    out, told = tmp_path / "site", list[str]()
    (out / "sites").mkdir(parents=True)
    for name in ("gone.pdf", "gone.notice.docx", "note.txt"):
        (out / "sites" / name).write_bytes(b"x")
    watch = Watch(targets=(replace(city_portal().target, site=replace(city_portal().target.site, id="big")),))
    with Store.open(tmp_path / "auditor.db") as store:
        publish(watch, store, out, paper=True, tell=told.append)
        disk = used(store)
    assert {file.name for file in (out / "sites").iterdir()} == {
        "big.html", "big.brief.html", "big.notice.docx", "big.xlsx", "note.txt",
    }  # fmt: skip
    page = (out / "sites" / "big.html").read_text(encoding="utf-8")
    assert 'href="big.xlsx"' in page and "big.pdf" not in page and "auditor export" not in page
    assert told == ["没有找到浏览器，不能打印 PDF。请运行 auditor doctor 查看如何安装。"]
    assert disk.database > 10_000 and disk.free > 0


def test_a_browser_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(printing, "find_browser", lambda: broken)
    with pytest.raises(BrowserMissing, match="无法启动"), Printer():
        raise AssertionError("it cannot have started")


# ---------------------------------------------------------------------------------------------- with a browser


@pytest.fixture(scope="module")
def papers() -> dict[str, Printed]:
    """The report of every site of the hand-made city, and that of the hostile one."""
    with Printer() as printer:
        told = {one.target.site.id: printed(printer, replace(history(), sites=(one,))) for one in history().sites if one.runs}
        return {**told, "evil": printed(printer, hostile_history())}


@pytest.mark.slow
@pytest.mark.browser
def test_every_paper_passes_our_own_audit_of_documents(papers: dict[str, Printed]) -> None:
    assert set(papers) >= {"shi", "hall", "canlian", "evil"}
    for name, paper in papers.items():
        facts = read(paper.content, f"{name}.pdf")
        said = {id: check.says(facts) for id, check in attachment_checks().items() if "pdf" in check.kinds and id != "file-pdf-ua"}
        assert {id: hit.message for id, hit in said.items() if hit is not None and hit.outcome is not None} == {}, name
        assert sum(hit is not None for hit in said.values()) >= 8, "the audit really looked"


@pytest.mark.slow
@pytest.mark.browser
def test_a_paper_is_tagged_titled_chinese_with_outline_and_its_letters_are_those_of_a_font(papers: dict[str, Printed]) -> None:
    with pikepdf.open(io.BytesIO(papers["shi"].content)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "zh-CN" and pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == "某市人民政府无障碍检测报告"
        with pdf.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["某市人民政府无障碍检测报告"]
            assert {"待修复的 4 组", "没有检测什么，为什么"} <= {entry.title for entry in outline.root[0].children}
        kinds = {str(one["/S"]) for one in structure(pdf) if "/S" in one}
        assert {"/H1", "/H2", "/H3", "/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/Figure", "/Link"} <= kinds
        assert all("/Alt" in one for one in structure(pdf) if one.get("/S") == "/Figure")
        fonts = [font for sheet in pdf.pages for font in sheet.obj.Resources.get("/Font", {}).values()]  # type: ignore[union-attr]
        drawn = any(font.Subtype == "/Type3" for font in fonts)
        files = {
            key for font in fonts if "/DescendantFonts" in font for key in dict(font.DescendantFonts[0].FontDescriptor) if "FontFile" in key
        }
    assert drawn == bool(papers["shi"].drawn)
    truetype = any(check.ok for check in examine(Path.cwd()) if check.name == PRINTED_FONTS)
    assert not truetype or (not drawn and files == {"/FontFile2"}), "where there is a TrueType font, it is the one that is embedded"


@pytest.mark.slow
@pytest.mark.browser
def test_hostile_text_is_inert_on_paper(papers: dict[str, Printed]) -> None:
    with pikepdf.open(io.BytesIO(papers["evil"].content)) as pdf:
        assert "/OpenAction" not in pdf.Root and "/AA" not in pdf.Root and "/AcroForm" not in pdf.Root
        assert "/JavaScript" not in pdf.Root.get("/Names", {}) and not pdf.attachments
        notes = [note for sheet in pdf.pages for note in sheet.obj.get("/Annots", ())]  # type: ignore[union-attr]
        actions = [note["/A"] for note in notes if "/A" in note]
        assert {str(note["/Subtype"]) for note in notes} == {"/Link"} and {str(action["/S"]) for action in actions} <= {"/URI", "/GoTo"}
        targets = [str(action["/URI"]) for action in actions if "/URI" in action]
        texts = [str(one[key]) for one in structure(pdf) for key in ("/Alt", "/ActualText") if key in one]
    assert targets and all(re.match(r"https?://|(\.\./)?[\w.-]+$", target) for target in targets), targets
    assert not any(re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", text) for text in (*texts, *targets))


@pytest.mark.slow
@pytest.mark.browser
def test_published_reports_link_to_their_papers(tmp_path: Path) -> None:
    full_store(tmp_path / "auditor.db", 60, pages=6)
    watch = Watch(targets=(replace(city_portal().target, site=replace(city_portal().target.site, id="big")),))
    with Store.open(tmp_path / "auditor.db") as store:
        publish(watch, store, tmp_path / "site", paper=True)
        (one,) = read_history(watch, store).sites
    paper = tmp_path / "site" / heads.paper(one)
    assert paper.read_bytes().startswith(b"%PDF-") and 'href="big.pdf"' in (tmp_path / "site/sites/big.html").read_text(encoding="utf-8")
    assert b"report.invalid" not in paper.read_bytes() and rendered()["style.css"] == stylesheet()
