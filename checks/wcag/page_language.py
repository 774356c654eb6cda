"""A blind person whose screen reader reads Chinese with an English voice, because the page says it is English, understands nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.languages import known, named, verdict

ENOUGH = 6.0  #: Chinese characters, or fifteen letters: below this nothing is said of a page


CHINESE = "<p>办事大厅周一至周五对外办公，法定节假日除外。办理残疾人证请携带身份证和户口簿原件，行动不便的可预约上门服务。</p>"


def _page(language: str, title: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head><body>{body}</body></html>'


@check(
    id="page-language-mismatch",
    criteria=("3.1.1",),
    impact=Impact.SERIOUS,
    title="声明的网页语言与文字不符",
    title_en="Declared language of the page is not that of its text",
    who="使用读屏软件的盲人打开网页时，读屏软件按声明的语言选择语音；中文网页声明为英文，读出来就是一串听不懂的声音，甚至整页不读。",
    who_en="Screen readers choose their voice by the declared language; a Chinese page declared as English becomes gibberish.",
    repair=(
        "这是模板里的一处设置，网站编辑无法修改，请转告开发单位。",
        '请开发单位在模板中把 <html> 的 lang 属性改为网页的主要语言：简体中文写 lang="zh-CN"，英文版网页写 lang="en"。',
    ),
    repair_en=(
        "This is one setting in the template which editors cannot change; please pass it on to the vendor.",
        'Ask the vendor to set lang on <html> to that of the text: lang="zh-CN" for Chinese, lang="en" for English.',
    ),
    verify="用读屏软件打开网页，听到的是与文字相同语言的语音。",
    before="""<!DOCTYPE html><html lang="en"><head><title>云浔市人民政府</title></head>
<body><p>今天，市残联组织志愿者走进社区，开展辅助器具适配服务。</p></body></html>""",
    after="""<!DOCTYPE html><html lang="zh-CN"><head><title>云浔市人民政府</title></head>
<body><p>今天，市残联组织志愿者走进社区，开展辅助器具适配服务。</p></body></html>""",
    bad=(
        _page("en-US", "通知公告", "<h1>通知公告</h1><ul><li>关于换领残疾人证的通知</li></ul>"),
        _page("zh-CN", "About the city", "<p>The city has built ramps at all stations. Visitors can ask the staff for help.</p>"),
        _page("fr", "Services", "<p>You can apply for the card at any of our offices.</p>"),
        _page("ja", "通知公告", CHINESE + "<p>请各县区残联遵照执行，并按时报送。</p>"),
        _page("tw", "便民服務", "<p>民眾可以在線上申請身心障礙證明，也可以到各區公所辦理。</p>"),
        _page("ko", "お知らせ", "<p>障害者手帳の申請についてのお知らせです。</p>"),
    ),
    unsure=(_page("en", "Service guide", f"<p>The offices are open from Monday to Friday, except on public holidays.</p>{CHINESE}"),),
    good=(
        "<p>残疾人证办理指南</p>",
        '<p lang="en">You can apply for the card at any of our offices.</p>',
        _page("en", "News", f'<p>You can apply for the card at any of our offices.</p><div lang="zh">{CHINESE}</div>'),
        _page("en", "A", '<a href="/zh">中文</a>'),
        _page("zh-Hans", "政务服务", "<p>请安装 Microsoft Edge 或 Google Chrome 浏览器</p>"),
        _page("cn", "通知", "<p>关于换领残疾人证的通知，请相互转告。</p>"),
        _page("en", "Map", f"<div hidden>{CHINESE}</div>"),
        _page("ja", "お知らせ", "<p>障害者手帳の申請についてのお知らせです。</p>"),
        _page("fr", "Paul put dire comment on tape", "<p>Paul put dire comment on tape</p>"),
        _page("zh-Latn-pinyin", "Tongzhi", "<p>Guanyu huanling canjirenzheng de tongzhi, qing xianghu zhuangao.</p>"),
    ),
)  # fmt: skip
def page_language(document: Document) -> Iterator[Hit]:
    """ACT ucwvc8: the language of the text that takes its language from <html>, beside that of its lang attribute."""
    spoken = _spoken(document)
    for scope in document.scopes:
        root = scope.root
        if root is None or scope.kind == "shadow" or root.tag != "html" or not known(root.get("lang")) or root.hidden:
            continue
        told = verdict(root.get("lang"), spoken.get(root.index, ()))
        if told.weight < ENOUGH:
            continue
        if told.against >= 0.8:
            yield failed(root, f"网页声明的语言是“{root.get('lang')}”，文字却是{named(told.language)}；请把 lang 改为文字的语言")
        elif told.against >= 0.5 or told.leaning:
            share = f"约有{told.against:.0%}的文字看来是其他语言" if told.against else "不多的文字看来是另一种语言"
            yield unsure(root, f"网页声明的语言是“{root.get('lang')}”，但{share}，请核对网页以哪种语言为主")
        else:
            yield passed(root)


def _spoken(document: Document) -> dict[int, list[str]]:
    """What assistive technology reads, by the <html> that it takes its language from; nothing where something nearer names one."""
    source: dict[int, Node | None] = {}
    found: dict[int, list[str]] = defaultdict(list)
    for node in document.nodes:
        if node.parent is None or (node.scope.kind == "frame" and node is node.scope.root):
            source[node.index] = node
        else:
            own = node.has("lang") or node.has("xml:lang")
            source[node.index] = None if own else source[node.parent.index]
        root = source[node.index]
        if root is None or (not node.texts and node.tag != "img") or node.tag in ("noscript", "template", "option"):
            continue
        if node.tag == "title":
            if node.parent is not None and node.parent.tag == "head":
                found[root.index].extend(text.raw for _, text in node.texts)
        elif not node.hidden:
            found[root.index].append(node.name if node.tag == "img" else "".join(text.raw for _, text in node.texts))
    return found
