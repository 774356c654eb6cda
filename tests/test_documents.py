"""Every rule on documents is told apart by its examples and by real files, good and bad, that are made here."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import sync_playwright

from auditor.demo import documents
from auditor.demo.attachments import NOBODY, OLD
from auditor.model import Level, Outcome
from checks import judge, readers
from checks.attachments import AttachmentCheck, attachment_checks, pdf
from checks.axe.catalogue import rules as axe_rules
from checks.criteria import criteria
from checks.documents_engine import look, shutting
from checks.readers import pdf_text
from checks.readers.kinds import OLD as OLD_KINDS
from checks.readers.kinds import kind_of
from checks.readers.pdf_fonts import font
from crawlers.browsers.find import find_browser, launch_flags
from reports.documents import SHUTTING

ALL = [pytest.param(check, id=id) for id, check in attachment_checks().items()]
HAN = re.compile("[\u3400-\u9fff]")
LONG_ADDRESS = "http://www.example.test/col/col25359/art/2026/index.html?id=3"
LOCK = pikepdf.Encryption(owner="x", user="", R=3, aes=False, metadata=False, allow=NOBODY)
COPYING = pikepdf.Permissions(accessibility=False, extract=True)


# ------------------------------------------------------------------------------------------------ declarations


@pytest.mark.parametrize("check", ALL)
def test_a_check_catches_its_bad_examples_and_leaves_its_good_ones_alone(check: AttachmentCheck) -> None:
    assert check.good and (check.bad or check.unsure), "show bad and good"
    for wanted, examples in ((Outcome.FAILED, check.bad), (Outcome.CANT_TELL, check.unsure), (None, check.good)):
        for facts in examples:
            hit = check.says(facts)
            assert (hit.outcome if hit else None) == wanted, (hit, facts)


@pytest.mark.parametrize("check", ALL)
def test_a_check_is_declared_in_both_languages(check: AttachmentCheck) -> None:
    rule = check.rule
    assert rule.id.startswith("file-") and rule.engines == ("documents",)
    assert all(number in criteria() for number in rule.criteria)
    for text in (rule.title, rule.who, rule.verify, *rule.repair):
        assert HAN.search(text) and text.strip() == text and not re.search(r"[\u3400-\u9fff][,;?!]", text), text
    for text in (rule.title_en, rule.who_en, *rule.repair_en):
        assert text and not HAN.search(re.sub("[“«].*?[”»]", "", text)), text
    assert rule.repair and len(rule.repair) == len(rule.repair_en) and rule.before and rule.after


def test_the_rules_are_asked_and_meet_no_others() -> None:
    others = {rule for engine in (*judge.ENGINES, *judge.SITE_ENGINES) for rule in engine.rules()}
    assert not set(attachment_checks()) & (others | set(axe_rules()))
    assert set(attachment_checks()) <= set(judge.asked())
    assert all(judge.rules()[id].engines == ("documents",) for id in attachment_checks())
    assert "file-pdf-ua" not in judge.asked(Level.AA) and "file-untagged" in judge.asked(Level.A)


def test_the_report_knows_which_rules_make_a_document_useless() -> None:
    assert shutting() == SHUTTING


# ------------------------------------------------------------------------------------------------ real files

Make = Callable[..., bytes]


def file(make: Make, **faults: Any) -> tuple[bytes, str]:
    return make(**faults), f"a.{make.__name__}"


PDF, DOCX, XLSX, PPTX, OFD = (documents.pdf, documents.docx, documents.xlsx, documents.pptx, documents.ofd)
FAILED, ASKING = Outcome.FAILED, Outcome.CANT_TELL
BAD: Mapping[str, list[tuple[Outcome, tuple[bytes, str]]]] = {
    "file-untagged": [(FAILED, file(PDF, tagged=False)), (FAILED, file(PDF, tree=False))],
    "file-tags-suspect": [(ASKING, file(PDF, suspects=True))],
    "file-scanned": [
        (FAILED, file(PDF, scanned=True, figure=None)), (ASKING, file(PDF, scanned=True)),
        (FAILED, file(DOCX, text=(), picture="")), (ASKING, file(DOCX, text=())),
        (FAILED, file(OFD, scanned=True)),
    ],
    "file-garbled": [(FAILED, file(PDF, unicode=False)), (FAILED, file(PDF, private=True))],
    "file-protected": [(FAILED, file(PDF, encryption=LOCK)), (FAILED, file(PDF, encryption=pikepdf.Encryption(owner="x", user="y")))],
    "file-unreadable": [(ASKING, (b"%PDF-1.7\nnothing more", "a.pdf")), (ASKING, (b"<!DOCTYPE html><p>404", "a.docx"))],
    "file-old-format": [
        (ASKING, (OLD, "a.doc")), (ASKING, (OLD, "b.et")), (ASKING, (b"anything", "c.ceb")),
        (ASKING, (b"{\\rtf1 x}", "d.doc")),
    ],
    "file-language": [
        (FAILED, file(PDF, language="")), (FAILED, file(PDF, language="中文")), (FAILED, file(PDF, language="en-US")),
        (ASKING, file(DOCX, language="")),
    ],
    "file-title": [
        (FAILED, file(PDF, title="")), (ASKING, file(PDF, shows_title=False)), (FAILED, file(DOCX, title="")),
        (FAILED, file(XLSX, title="")), (FAILED, file(PPTX, title="")), (FAILED, file(OFD, title="")),
        (ASKING, file(DOCX, title="新建 Microsoft Word 文档")),
    ],
    "file-image-alt": [
        (FAILED, file(PDF, figure="")), (FAILED, file(PDF, figure="", roles={"Bild": "Figure"})), (FAILED, file(DOCX, picture="")),
        (FAILED, file(XLSX, picture="")), (FAILED, file(PPTX, picture="")), (ASKING, file(DOCX, picture="微信图片_20261101")),
    ],
    "file-headings": [
        (FAILED, file(DOCX, headings=False)), (ASKING, file(PDF, headings=(), pages=3)), (ASKING, file(PDF, headings=("H1", "H3"))),
    ],
    "file-table-header": [(FAILED, file(PDF, headers=False)), (ASKING, file(DOCX, header=False)), (ASKING, file(XLSX, header=False))],
    "file-table-merged": [(ASKING, file(DOCX, merged=True)), (ASKING, file(XLSX, merged=6))],
    "file-link-untagged": [(FAILED, file(PDF, link="untagged"))],
    "file-link-address": [(ASKING, file(DOCX, link=LONG_ADDRESS))],
    "file-form-name": [(FAILED, file(PDF, field=""))],
    "file-bookmarks": [(ASKING, file(PDF, pages=21)), (ASKING, file(OFD, pages=21))],
    "file-tab-order": [(ASKING, file(PDF, tabs=False))],
    "file-slide-title": [(FAILED, file(PPTX, titles=("申请条件", None))), (ASKING, file(PPTX, titles=("申请条件", "申请条件")))],
    "file-sheet-name": [(ASKING, file(XLSX, names=("Sheet1", "Sheet2")))],
    "file-ofd-alone": [(ASKING, file(OFD)), (ASKING, file(OFD, tags=False))],
}  # fmt: skip
GOOD = [
    file(PDF), file(PDF, pages=25, bookmarks=True), file(PDF, field="申请人姓名"), file(PDF, figure=None), file(PDF, link=None),
    file(PDF, figure="平面图", roles={"Bild": "Figure"}), file(DOCX), file(DOCX, picture=None), file(XLSX),
    file(XLSX, names=("名单", "标准")),
    file(XLSX, picture="柱状图：各区发放人数"), file(PPTX), file(PPTX, picture=None),
    file(PDF, encryption=pikepdf.Encryption(owner="x", user="", R=3, aes=False, metadata=False, allow=COPYING)),
]  # fmt: skip


def found(body: bytes, name: str, **more: Any) -> dict[str, Outcome]:
    """What every rule but those on what lies beside an OFD says of a file."""
    said = look("http://a.test/", readers.read(body, name) | more, tuple(attachment_checks()))
    return {finding.rule: finding.outcome for finding in said.findings}


@pytest.mark.parametrize("rule", [id for id in attachment_checks() if id != "file-pdf-ua"])
def test_a_file_with_one_fault_is_told_for_that_fault(rule: str) -> None:
    for outcome, (body, name) in BAD[rule]:
        told = found(body, name)
        others = set(told) - {rule} - ({"file-ofd-alone"} if name.endswith("ofd") else set())
        others -= {"file-untagged", "file-image-alt", "file-headings"} if rule == "file-scanned" else set()
        assert told.get(rule) == outcome and not others, (rule, name, told)


@pytest.mark.parametrize("place", range(len(GOOD)))
def test_good_files_are_left_alone(place: int) -> None:
    assert found(*GOOD[place]) == {}


def test_an_ofd_with_the_same_in_a_readable_form_beside_it_is_left_alone() -> None:
    assert found(*file(OFD), beside=[{"kind": "pdf", "tagged": True}]) == {}
    assert found(*file(OFD), beside=[{"kind": "html"}]) == {}


# ------------------------------------------------------------------------------------------------ what readers see


def test_a_kind_is_told_by_the_bytes_before_the_name() -> None:
    made = {kind: make() for kind, make in zip(("pdf", "docx", "xlsx", "pptx", "ofd"), (PDF, DOCX, XLSX, PPTX, OFD), strict=True)}
    assert {kind_of(body, "a.doc") for body in made.values()} == set(made)
    assert kind_of(b"\xef\xbb\xbf<!doctype html><p>", "a.pdf") == "html"
    assert kind_of(OLD, "a.wps?x=1") == "wps" and kind_of(OLD, "down?id=3") == "ole" and kind_of(b"words", "a.txt") == "unknown"
    assert kind_of(OLD + "EncryptedPackage".encode("utf-16-le"), "a.docx") == "encrypted"
    assert kind_of(documents.archive({"a.txt": "x"}), "a.docx") == "zip"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.pdf", PDF())
    assert kind_of(out.getvalue(), "a.zip") == "zip"
    assert {kind_of(b"", f"a.{kind}") for kind in OLD_KINDS - {"odf", "ole"}} == OLD_KINDS - {"odf", "ole"}


def test_the_facts_of_a_pdf() -> None:
    facts = readers.read(PDF(pages=25, bookmarks=True))
    told = {name: facts[name] for name in ("pages", "tagged", "language", "headings", "bookmarks", "looked_at", "unknown")}
    assert told == {
        "pages": 25,
        "tagged": True,
        "language": "zh-CN",
        "headings": [1, 2, 2, 2],
        "bookmarks": 1,
        "looked_at": 25,
        "unknown": 0,
    }
    assert facts["tables"] == {"count": 1, "without_header": 0, "plain": 0} and facts["han"] > 2000
    assert readers.read(PDF(pages=200))["looked_at"] == 60


def test_fonts_whose_characters_are_public_need_no_table() -> None:
    below = pikepdf.Dictionary(CIDSystemInfo=pikepdf.Dictionary(Ordering=pikepdf.String("GB1")))
    composite = {"Subtype": pikepdf.Name.Type0, "DescendantFonts": pikepdf.Array([below])}
    identity, predefined = pikepdf.Name("/Identity-H"), pikepdf.Name("/UniGB-UCS2-H")
    assert font(pikepdf.Dictionary(**composite, Encoding=identity)).known
    assert font(pikepdf.Dictionary(**composite, Encoding=predefined)).known
    odd = pikepdf.Dictionary(Differences=pikepdf.Array([1, pikepdf.Name("/g1"), pikepdf.Name("/g2")]))
    plain = pikepdf.Dictionary(Differences=pikepdf.Array([1, pikepdf.Name("/A"), pikepdf.Name("/space")]))
    kind = {"Subtype": pikepdf.Name.Type1, "BaseFont": pikepdf.Name("/ABCDEF+A")}
    assert font(pikepdf.Dictionary(**kind, Encoding=odd)).told(b"\x01\x02").unknown == 2
    assert font(pikepdf.Dictionary(**kind, Encoding=plain)).told(b"\x01\x02").unknown == 0
    subset = pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/ABCDEF+A"))
    assert not font(subset).known and font(pikepdf.Dictionary(**kind)).known
    assert font(pikepdf.Dictionary(Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Helvetica"))).known


def composite(cmap: str, ordering: str = "Identity", **more: Any) -> pikepdf.Dictionary:
    below = pikepdf.Dictionary(CIDSystemInfo=pikepdf.Dictionary(Ordering=pikepdf.String(ordering)))
    return pikepdf.Dictionary(
        Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/F"), Encoding=pikepdf.Name(cmap), DescendantFonts=pikepdf.Array([below]), **more
    )


def simple(**more: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/ABCDEF+F"), **more)


def test_the_font_says_how_long_a_code_is_and_not_its_table() -> None:
    file = pikepdf.Pdf.new()
    wide = file.make_stream(b"1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <41> <0041> <42> <4E00> endbfchar")
    mixed = b"begincodespacerange <00> <80> <8140> <FEFE> endcodespacerange 2 beginbfchar <41> <0041> <D2BB> <4E00> endbfchar"
    assert font(simple(ToUnicode=wide)).told(b"AB") == (2, 0, 0, 1, 0)
    assert font(composite("/GBK-EUC-H", "GB1", ToUnicode=file.make_stream(mixed))).told("A一".encode("gbk")) == (2, 0, 0, 1, 0)
    narrow = file.make_stream(b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <4E00> <4E00> endbfchar")
    assert font(composite("/Identity-H", ToUnicode=narrow)).told(b"\x4e\x00\x4e\x00") == (2, 0, 0, 2, 0)
    assert font(composite("/UniGB-UTF16-H", "GB1")).told("一\U00020000A".encode("utf-16-be")) == (3, 0, 0, 2, 0)


def test_known_fonts_of_chinese_say_that_they_are_chinese() -> None:
    assert font(composite("/GBK-EUC-H", "GB1")).told("残疾人abc".encode("gbk")) == (6, 0, 0, 3, 0)
    assert font(composite("/UniGB-UCS2-H", "GB1")).told("残疾人a".encode("utf-16-be")) == (4, 0, 0, 3, 0)
    assert font(composite("/Identity-H", "GB1")).told(b"\x00\x22\x10\x00") == (2, 0, 0, 1, 0)
    body = "".join(f"{letter:02X}" for letter in "本市户籍残疾人可以申请".encode("gbk"))
    told = found(shown(composite("/GBK-EUC-H", "GB1"), f"BT /F1 9 Tf <{body}> Tj ET", "en-US"), "a.pdf")
    assert told == {"file-untagged": FAILED, "file-language": FAILED}


def test_names_of_glyphs_and_encodings_tell_what_a_table_leaves_out() -> None:
    file = pikepdf.Pdf.new()
    names = pikepdf.Dictionary(Differences=pikepdf.Array([1, *(pikepdf.Name(f"/{one}") for one in ("uni0031", "uni5730", "u20013", "g7"))]))
    assert font(simple(Encoding=names)).told(b"\x01\x02\x03\x04").unknown == 1
    part = file.make_stream(b"1 beginbfchar <80> <20AC> endbfchar")
    assert font(simple(Encoding=pikepdf.Name.WinAnsiEncoding, ToUnicode=part)).told(b"\x80Aa").unknown == 0
    assert font(composite("/Identity-H", ToUnicode=part)).told(b"\x00\x80\x00\x81").unknown == 1
    assert font(simple()).told(b"ab") == (2, 0, 0, 0, 2), "some readers know, others do not"
    told = found(shown(simple(), "BT /F1 9 Tf (abcdefghijkl) Tj ET"), "a.pdf")
    assert told == {"file-untagged": FAILED, "file-garbled": ASKING}


def shown(font: pikepdf.Dictionary, content: str, language: str = "zh-CN") -> bytes:
    """An untagged PDF of one page with this content, where /F1 is the font."""
    file = pikepdf.Pdf.new()
    page = file.add_blank_page()
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F1=font), Properties=pikepdf.Dictionary(P1=pikepdf.Dictionary(ActualText=pikepdf.String("地")))
    )
    page.Contents = file.make_stream(content.encode())
    file.Root.Lang = pikepdf.String(language)
    file.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    file.docinfo[pikepdf.Name.Title] = pikepdf.String("残疾人补贴办法")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def test_text_with_words_of_its_own_is_no_gibberish() -> None:
    content = "BT /F1 9 Tf /Span <</ActualText (word)>> BDC <00010002> Tj /P BMC <0003> Tj EMC EMC /Span /P1 BDC <0004> Tj EMC {} ET"
    facts = readers.read(shown(composite("/Identity-H"), content.format("")))
    assert (facts["glyphs"], facts["unknown"], facts["han"]) == (4, 0, 1)
    facts = readers.read(shown(composite("/Identity-H"), content.format("/P BMC <00050006> Tj EMC")))
    assert (facts["glyphs"], facts["unknown"]) == (6, 2)


def test_tags_that_tell_words_in_place_of_glyphs_leave_it_to_a_person() -> None:
    file = pikepdf.open(io.BytesIO(PDF(unicode=False)))
    file.Root.StructTreeRoot.K[0].K[0].ActualText = pikepdf.String("云浔市")
    out = io.BytesIO()
    file.save(out)
    assert found(out.getvalue(), "a.pdf") == {"file-garbled": ASKING}


def test_a_big_file_is_told_of_without_reading_all_of_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "MOST_ALTOGETHER", 50)
    facts = readers.read(PDF(pages=20))
    assert 0 < facts["looked_at"] < 20 and facts["tagged"] and facts["title"] and facts["language"]


def table(*rows: list[pikepdf.Dictionary], language: str = "") -> dict[str, Any]:
    """The facts of a tagged PDF with a table of these rows."""
    file = pikepdf.open(io.BytesIO(PDF(headings=(), link=None)))
    lines = pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.TR, K=pikepdf.Array(row)) for row in rows])
    whole = pikepdf.Dictionary(S=pikepdf.Name.Document, K=pikepdf.Dictionary(S=pikepdf.Name.Table, K=lines))
    if language:
        whole.Lang = pikepdf.String(language)
    file.Root.StructTreeRoot.K = file.make_indirect(whole)
    out = io.BytesIO()
    file.save(out)
    return readers.read(out.getvalue())


def cell(*kids: Any, **attributes: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.TD, K=pikepdf.Array(kids), A=pikepdf.Array([pikepdf.Dictionary(**attributes), 0]))


def test_only_a_table_that_is_plainly_data_fails_for_its_headers() -> None:
    told = {
        "data": table([cell(1), cell(2)], [cell(3), cell(4)]),
        "ragged": table([cell(1), cell(2)], [cell(3)]),
        "spanned": table([cell(1, ColSpan=2), cell(2)], [cell(3), cell(4)]),
        "to fill in": table([cell(1), cell(pikepdf.Dictionary(S=pikepdf.Name.P))], [cell(3), cell()]),
        "Headers": table([cell(1), cell(2)], [cell(3, Headers=pikepdf.Array([pikepdf.String("a")])), cell(4)]),
        "one column": table([cell(1)], [cell(2)]),
    }
    says = {name: attachment_checks()["file-table-header"].says(facts) for name, facts in told.items()}
    assert {name: hit and hit.outcome for name, hit in says.items()} == {
        "data": FAILED, "ragged": ASKING, "spanned": ASKING, "to fill in": ASKING, "Headers": None, "one column": None,
    }  # fmt: skip


def test_the_language_of_the_element_around_all_others_counts() -> None:
    assert table([cell(1)], language="en-GB")["language"] == "en-GB" and table([cell(1)])["language"] == "zh-CN"


def test_tags_that_are_not_marked_are_told_as_such() -> None:
    hit = attachment_checks()["file-untagged"].says(pdf(tagged=False, marked=False, tree=True))
    assert hit and hit.outcome is FAILED and "有结构树，却没有标明" in hit.message


def test_only_fields_that_people_fill_in_are_asked_for_names() -> None:
    def fields(*each: pikepdf.Dictionary) -> Any:
        file = pikepdf.open(io.BytesIO(PDF(field="")))
        file.Root.AcroForm.Fields = pikepdf.Array(each)
        del file.pages[0].Annots
        out = io.BytesIO()
        file.save(out)
        return readers.read(out.getvalue())["fields"]

    def widget(**more: Any) -> pikepdf.Dictionary:
        return pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, **more)

    text = {"FT": pikepdf.Name.Tx, "T": pikepdf.String("Text1")}
    nobody = pikepdf.Dictionary(**text)
    parted = pikepdf.Dictionary(**text, Kids=pikepdf.Array([widget(F=2), widget()]))
    away = pikepdf.Dictionary(**text, Kids=pikepdf.Array([widget(F=2)]))
    inherited = pikepdf.Dictionary(**text, Ff=1, Kids=pikepdf.Array([widget(T=pikepdf.String("a"))]))
    assert fields(nobody, widget(**text, F=2), widget(**text, F=32), widget(**text, Ff=1), away, inherited)["count"] == 0
    assert fields(widget(**text), parted)["count"] == 2
    assert fields(*(widget(**text) for _ in range(300)))["count"] == 300, "one is not taken for another"


def test_a_page_of_an_ofd_is_a_scan_where_a_picture_covers_it() -> None:
    def scanned(change: Callable[[str], str]) -> tuple[int, int]:
        with zipfile.ZipFile(io.BytesIO(OFD(scanned=True, pages=1))) as archive:
            parts = {name: change(archive.read(name).decode()) for name in archive.namelist()}
        facts = readers.read(documents.archive(parts))
        return facts["scanned"], facts["picture_pages"]

    whole, text = 'Boundary="0 0 210 297"', "<ofd:TextObject><ofd:TextCode>云浔市残疾人联合会文件专用纸</ofd:TextCode></ofd:TextObject>"
    assert scanned(lambda part: part) == (1, 1)
    assert scanned(lambda part: part.replace(whole, 'Boundary="20 20 60 60"')) == (0, 1)
    assert scanned(lambda part: part.replace(whole, "")) == (0, 1)
    assert scanned(lambda part: part.replace("</ofd:Layer>", f"{text}</ofd:Layer>")) == (0, 0)
    assert scanned(lambda part: part.replace("<ofd:Content>", '<ofd:Template TemplateID="7"/><ofd:Content>')) == (1, 1)


def test_the_text_of_a_template_counts_for_a_page_of_an_ofd() -> None:
    text = "<ofd:TextObject><ofd:TextCode>云浔市残疾人联合会文件专用纸</ofd:TextCode></ofd:TextObject>"
    with zipfile.ZipFile(io.BytesIO(OFD(scanned=True, pages=1))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    place = "Doc_0/Pages/Page_0/Content.xml"
    parts[place] = parts[place].replace("<ofd:Content>", '<ofd:Template TemplateID="7"/><ofd:Content>')
    main = "Doc_0/Document.xml"
    parts[main] = parts[main].replace("<ofd:PageArea>", '<ofd:TemplatePage ID="7" BaseLoc="Tpls/T.xml"/><ofd:PageArea>')
    parts["Doc_0/Tpls/T.xml"] = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content>{text}</ofd:Content></ofd:Page>'
    assert readers.read(documents.archive(parts))["scanned"] == 0


def test_all_slides_without_a_title_are_counted() -> None:
    facts = readers.read(PPTX(titles=(None,) * 25 + ("申请条件",)))
    hit = attachment_checks()["file-slide-title"].says(facts)
    assert hit and "26 页幻灯片中有 25 页没有标题" in hit.message


def test_a_picture_marked_as_decoration_and_one_for_older_programs_count_for_nothing() -> None:
    body = (
        f"<w:document {documents.W} {documents.DRAWING} xmlns:d='d' xmlns:mc='m' xmlns:v='v'><w:body><w:p><w:r><mc:AlternateContent>"
        "<mc:Choice><w:drawing><wp:inline><wp:docPr id='1'><a:ext><d:decorative val='1'/></a:ext></wp:docPr><pic:pic/></wp:inline>"
        "</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:imagedata/></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p></w:body></w:document>"
    )
    assert readers.read(documents.archive({"word/document.xml": body}))["figures"] == {
        "count": 1,
        "untold": 0,
        "pages": [],
        "alternatives": [],
    }


def test_what_could_not_be_opened_closes_nothing() -> None:
    rules = tuple(attachment_checks())
    assert not look("u", readers.read(b"%PDF-1.7 nothing"), rules).answered
    assert not look("u", readers.read(OLD, "a.doc"), rules).answered
    assert not look("u", readers.read(PDF()) | {"looked_at": 0}, rules).answered
    assert look("u", readers.read(PDF()), rules).answered and look("u", readers.read(PDF()), rules).told == "附件（PDF，1 页），已检查"
    assert judge.judge_document("u", readers.read(PDF(tagged=False)), Level.AA).findings[0].rule == "file-untagged"


def test_a_broken_check_is_told_and_says_nothing() -> None:
    assert look("u", {"kind": "pdf", "opened": True}, tuple(attachment_checks())).told == "附件（PDF），检查时程序出错"


# ------------------------------------------------------------------------------------------------ files that another program made

PRINTED = """<html lang="zh-CN"><title>补贴办法</title><h1>云浔市补贴办法</h1><p>具有本市户籍、持有残疾人证的家庭，可以申请一次补贴。</p>
<h2>补贴标准</h2><table><tr><th>项目</th><th>上限</th></tr><tr><td>坡道</td><td>1200</td></tr></table>
<p><a href="http://a.test/">市残联网站</a></p><img {alt} width="80" height="80" src="data:image/gif;base64,{gif}"></html>"""
GIF = "R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="


@pytest.mark.browser
def test_what_chromium_prints_is_judged_by_what_it_was_told() -> None:
    told = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        page = chromium.new_page()
        for name, alt, tagged in (("good", 'alt="办事大厅平面图"', True), ("silent", "", True), ("untagged", 'alt="平面图"', False)):
            page.set_content(PRINTED.format(alt=alt, gif=GIF))
            told[name] = found(page.pdf(tagged=tagged, outline=tagged), "a.pdf")
        chromium.close()
    assert told == {
        "good": {}, "silent": {"file-image-alt": FAILED}, "untagged": {"file-untagged": FAILED, "file-language": FAILED},
    }  # fmt: skip
