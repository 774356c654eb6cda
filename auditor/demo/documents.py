"""Makes the documents of the demo city when they are asked for, good ones and such with planted barriers: the repository holds no binary.

The parts are small writers of each format; tests use them too, to make documents with known faults.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

A4 = (595, 842)
MOMENT = (2026, 8, 14, 9, 0, 0)
"""The time of every entry of an archive, so that the same document is the same bytes."""

TEXT = (
    "云浔市残疾人家庭无障碍改造补贴办法",
    "一、申请条件",
    "具有本市户籍、持有残疾人证、住房可以改造的家庭，可以申请一次补贴。",
    "二、补贴标准",
    "门槛改坡道每处一千二百元，卫生间扶手每处一千八百元。",
    "三、办理程序",
    "到社区提交材料，由街道审核，区残联验收后发放。",
)

# ---------------------------------------------------------------------------------------------- PDF


def pdf(
    *, title: str = TEXT[0], shows_title: bool = True, language: str = "zh-CN", tagged: bool = True, unicode: bool = True,
    scanned: bool = False, pages: int = 1, figure: str | None = "办事大厅平面图", headers: bool = True,
    headings: Sequence[str] = ("H1", "H2", "H2", "H2"), link: str | None = "tagged", field: str | None = None, bookmarks: bool = False,
    suspects: bool = False, tabs: bool = True,
    encryption: pikepdf.Encryption | None = None, roles: Mapping[str, str] | None = None, private: bool = False, tree: bool = True,
) -> bytes:  # fmt: skip
    """A PDF of some pages with text, a figure, a table and a link; every argument takes one good thing away or puts another in.

    `figure`: its words, "" without any, None for no figure. `link`: "tagged", "untagged" or None. `field`: tooltip of a form field, ""
    without one, None for no field.
    """
    file = Pdf.new()
    font = _font(file, unicode=unicode, private=private)
    image = _image(file)
    for number in range(pages):
        page = file.add_blank_page(page_size=A4)
        page.Resources = Dictionary(Font=Dictionary(F1=font), XObject=Dictionary(Im1=image))
        page.Contents = file.make_stream(_scan() if scanned else _content(figure is not None and number == 0))
        if tabs:
            page.Tabs = Name.S
    annotations = [one for one in (_link(file, link), _field(file, field)) if one is not None]
    if annotations:
        file.pages[0].Annots = Array(annotations)
    root = file.Root
    if language:
        root.Lang = String(language)
    if tagged:
        root.MarkInfo = Dictionary(Marked=True, Suspects=suspects)
        if tree:
            root.StructTreeRoot = _tree(file, figure, headers, headings, link, roles or {})
    if shows_title:
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if field is not None:
        root.AcroForm = Dictionary(Fields=Array([annotations[-1]]))
    if bookmarks:
        with file.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("一、申请条件", 0))
    if title:
        file.docinfo[Name.Title] = String(title)
    out = io.BytesIO()
    file.save(out, encryption=encryption or False, deterministic_id=encryption is None)
    return out.getvalue()


def _font(file: Pdf, *, unicode: bool, private: bool) -> Any:
    """A composite font without a program of its own: codes are UTF-16, which its ToUnicode table says, or does not."""
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/ABCDEF+FZXBSJW"), DW=1000,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/ABCDEF+FZXBSJW"), Encoding=Name("/Identity-H"), DescendantFonts=Array([below])
    )
    if unicode:
        ranges = "".join(f"<{high:02X}00> <{high:02X}FF> <{'E0' if private else f'{high:02X}'}00>\n" for high in range(256))
        table = f"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 256 beginbfrange {ranges} endbfrange endcmap"
        font.ToUnicode = file.make_stream(table.encode())
    return file.make_indirect(font)


def _image(file: Pdf) -> Any:
    image = file.make_stream(bytes([180, 200, 220]) * 16)
    for key, value in {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": Name.DeviceRGB}.items():
        image[f"/{key}"] = value
    for key, number in {"Width": 4, "Height": 4, "BitsPerComponent": 8}.items():
        image[f"/{key}"] = number
    return image


def _content(figure: bool) -> bytes:
    lines = "".join(f"BT /F1 12 Tf 60 {760 - 24 * place} Td <{line.encode('utf-16-be').hex()}> Tj ET\n" for place, line in enumerate(TEXT))
    return (lines + ("q 120 0 0 80 60 400 cm /Im1 Do Q\n" if figure else "")).encode()


def _scan() -> bytes:
    return f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /Im1 Do Q\n".encode()


def _link(file: Pdf, link: str | None) -> Any:
    if link is None:
        return None
    made = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[60, 340, 200, 356], Contents=String("市残联网站"))
    if link == "tagged":
        made.StructParent = 1
    return file.make_indirect(made)


def _field(file: Pdf, tooltip: str | None) -> Any:
    if tooltip is None:
        return None
    made = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("Text1"), Rect=[60, 300, 300, 320])
    if tooltip:
        made.TU = String(tooltip)
    return file.make_indirect(made)


def _tree(file: Pdf, figure: str | None, headers: bool, headings: Sequence[str], link: str | None, roles: Mapping[str, str]) -> Any:
    root = file.make_indirect(Dictionary(Type=Name.StructTreeRoot))

    def element(kind: str, *kids: Any, **more: Any) -> Any:
        return file.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), Pg=file.pages[0].obj, K=Array(kids), **more))

    parts = [element(kind) for kind in headings] + [element("P")]
    if figure is not None:
        own = next((name for name, meant in roles.items() if meant == "Figure"), "Figure")
        parts.append(element(own, Alt=String(figure)) if figure else element(own))
    head = "TH" if headers else "TD"
    parts.append(element("Table", *(element("TR", element(kind, 0), element(kind, 0)) for kind in (head, "TD"))))
    if link == "tagged":
        parts.append(element("Link"))
    root.K = Array([element("Document", *parts)])
    if roles:
        root.RoleMap = Dictionary({f"/{name}": Name(f"/{meant}") for name, meant in roles.items()})
    return root


# ---------------------------------------------------------------------------------------------- archives of XML


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _core(title: str) -> str:
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="{RELATION}/{kind}" Target="{target}"/>' for id, (kind, target) in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def docx(
    *, title: str = TEXT[0], language: str = "zh-CN", headings: bool = True, picture: str | None = "办事大厅平面图", header: bool = True,
    merged: bool = False, link: str = "市残联网站", text: Sequence[str] = TEXT,
) -> bytes:  # fmt: skip
    """A Word document with text, a picture, a table and a link. Lines numbered 一、 are headings, or only look like them."""
    styles = (
        f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
        + (f'<w:lang w:val="en-US" w:eastAsia="{language}"/>' if language else "")
        + '</w:rPr></w:rPrDefault></w:docDefaults><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="2"><w:name w:val="标题二"/><w:basedOn w:val="1"/></w:style></w:styles>'
    )
    body = "".join(_paragraph(line, headings=headings) for line in text)
    if picture is not None:
        body += (
            f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="图片 1" descr="{escape(picture)}"/><a:graphic><a:graphicData>'
            "<pic:pic/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
    first = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    span = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' if merged else ""
    cells = [("改造内容", "补贴上限"), ("门槛改坡道", "1200 元"), ("卫生间扶手", "1800 元")]
    rows = [
        "".join(f"<w:tc>{span if place == 2 else ''}<w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row)
        for place, row in enumerate(cells)
    ]
    if text:
        body += "<w:tbl>" + "".join(f"<w:tr>{first if place == 0 else ''}{row}</w:tr>" for place, row in enumerate(rows)) + "</w:tbl>"
        body += f'<w:p><w:hyperlink r:id="rId1"><w:r><w:t>{escape(link)}</w:t></w:r></w:hyperlink></w:p>'
    return archive({
        "word/document.xml": f"<w:document {W} {DRAWING} {R}><w:body>{body}</w:body></w:document>", "word/styles.xml": styles,
        "docProps/core.xml": _core(title),
    })  # fmt: skip


def _paragraph(line: str, *, headings: bool) -> str:
    numbered = line[1:2] == "、"
    style = '<w:pPr><w:pStyle w:val="2"/></w:pPr>' if numbered and headings else ""
    bold = "<w:rPr><w:b/></w:rPr>" if numbered else ""
    return f"<w:p>{style}<w:r>{bold}<w:t>{escape(line)}</w:t></w:r></w:p>"


def xlsx(
    *, title: str = "补贴发放名单", names: Sequence[str] = ("发放名单",), header: bool = True, merged: int = 0, picture: str | None = None,
    rows: int = 6,
) -> bytes:  # fmt: skip
    """A workbook with these sheets of `rows` rows each."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    numbers = range(1, len(names) + 1)
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(names, 1))
    data = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>1200</v></c></row>' for row in range(1, rows + 1))
    frozen = '<sheetViews><sheetView><pane ySplit="1" state="frozen"/></sheetView></sheetViews>' if header else ""
    cells = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, merged + 1))
    merges = f"<mergeCells>{cells}</mergeCells>" if merged else ""
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f"<workbook {main} {R}><sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations({f"rId{place}": ("worksheet", f"worksheets/sheet{place}.xml") for place in numbers}),
        "docProps/core.xml": _core(title),
    }
    for place in numbers:
        parts[f"xl/worksheets/sheet{place}.xml"] = f"<worksheet {main}>{frozen}<sheetData>{data}</sheetData>{merges}</worksheet>"
    if picture is not None:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = _relations({"rId1": ("drawing", "../drawings/drawing1.xml")})
        parts["xl/drawings/drawing1.xml"] = (
            '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:pic><xdr:nvPicPr>'
            f'<xdr:cNvPr id="1" name="图片 1" descr="{escape(picture)}"/></xdr:nvPicPr></xdr:pic></xdr:wsDr>'
        )
    return archive(parts)


def pptx(
    *, title: str = "补贴政策解读", titles: Sequence[str | None] = ("申请条件", "补贴标准"), picture: str | None = "申请流程图"
) -> bytes:
    """A presentation with slides of these titles (None: a text box in place of the title)."""
    space = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    numbers = range(1, len(titles) + 1)
    listed = "".join(f'<p:sldId id="{255 + place}" r:id="rId{place}"/>' for place in numbers)
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {space} {R}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations({f"rId{place}": ("slide", f"slides/slide{place}.xml") for place in numbers}),
        "docProps/core.xml": _core(title),
    }
    for place, told in enumerate(titles, 1):
        kind = "" if told is None else '<p:ph type="title"/>'
        words = f"<a:p><a:r><a:t>{escape(told or '正文')}</a:t></a:r></a:p>"
        shape = f"<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:txBody>{words}</p:txBody></p:sp>"
        shown = (
            f'<p:pic><p:nvPicPr><p:cNvPr id="4" name="图片 3" descr="{escape(picture)}"/></p:nvPicPr></p:pic>'
            if picture is not None
            else ""
        )
        parts[f"ppt/slides/slide{place}.xml"] = f"<p:sld {space}><p:cSld><p:spTree>{shape}{shown}</p:spTree></p:cSld></p:sld>"
    return archive(parts)


def ofd(*, title: str = TEXT[0], scanned: bool = False, pages: int = 2, tags: bool = True, outline: bool = False) -> bytes:
    """An OFD document with pages of text, or of pictures alone."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{place}" BaseLoc="Pages/Page_{place}/Content.xml"/>' for place in range(pages))
    shown = (
        '<ofd:ImageObject ID="9" ResourceID="3" Boundary="0 0 210 297"/>'
        if scanned
        else "".join(f"<ofd:TextObject><ofd:TextCode>{line}</ofd:TextCode></ofd:TextObject>" for line in TEXT)
    )
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    outlines = '<ofd:Outlines><ofd:OutlineElem Title="一、申请条件"/></ofd:Outlines>' if outline else ""
    custom = "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>" if tags else ""
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD {space} Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        + (f"<ofd:Title>{escape(title)}</ofd:Title>" if title else "")
        + "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData>{area}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages>{outlines}{custom}</ofd:Document>",
    }
    if tags:
        parts["Doc_0/Tags/CustomTags.xml"] = f"<ofd:CustomTags {space}/>"
    for place in range(pages):
        parts[f"Doc_0/Pages/Page_{place}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{shown}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return archive(parts)
