"""Who listens to a page hears the same words twice: once from the picture, once from the caption beneath it.

A second voice beside axe, which looks into links and buttons only.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, unsure
from checks.document import Document, Node
from checks.wcag.image_alt_describes import pictures
from checks.words import bare


@check(
    id="image-redundant-alt",
    unsure=(
        '<figure><img src="/a.png" alt="市残联走访困难家庭"><figcaption>市残联走访困难家庭</figcaption></figure>',
        '<ul><li><a href="/a"><img src="/a.png" alt="市残联走访困难家庭"></a><p><a href="/a">市残联走访困难家庭</a></p></li></ul>',
    ),
    good=(
        '<figure><img src="/a.png" alt="工作人员正在为老人安装扶手"><figcaption>市残联走访困难家庭</figcaption></figure>',
        '<figure><img src="/a.png" alt=""><figcaption>市残联走访困难家庭</figcaption></figure>',
        '<ul><li><img src="/a.png" alt="图标">市残联走访困难家庭</li></ul>',
        '<figure><img src="/a.png" alt="市残联走访困难家庭"><figcaption hidden>市残联走访困难家庭</figcaption></figure>',
    ),
)
def image_redundant_alt(document: Document) -> Iterator[Hit]:
    """Best practice; one report for each page, at the first such picture."""
    found = [image for image in pictures(document) if image.tag == "img" and _repeated(image)]
    if found:
        more = f"，本页共有 {len(found)} 处" if len(found) > 1 else ""
        yield unsure(
            found[0], f"图片的替代文本“{found[0].name[:40]}”与旁边的文字相同，会读两遍{more}；宜写图片上的内容，或改为空的替代文本"
        )


def _repeated(image: Node) -> bool:
    holder = next((above for above in image.ancestors() if above.tag in ("figure", "li", "dl")), None)
    words = bare(image.name)
    return holder is not None and len(words) >= 4 and bare(holder.text) == words
