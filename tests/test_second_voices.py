"""Where our own checks know better than axe, they say so: what keeps nobody out is not called a barrier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from capturing import Studio, studio, whole

from checks.check import checks

pytestmark = pytest.mark.browser
KEPT = (
    ("aria-valid-attr-value", '<button type="button" aria-controls="caidan" aria-expanded="true">栏目</button>'),
    ("aria-valid-attr-value", '<button type="button" aria-sort="">年度</button>'),
    ("aria-valid-attr-value", '<div role="combobox" aria-expanded="undefined" aria-controls="id1" aria-label="区县">城关镇</div>'),
    ("scrollable-region-focusable", '<div style="height:60px;width:300px;overflow:auto"><div style="height:500px"></div></div>'),
    ("nested-interactive", '<select aria-label="网站"><option value="/a"><a href="/a">教育厅</a></option></select>'),
)
OPEN = (
    ("aria-valid-attr-value", '<button type="button" aria-labelledby="none">查询</button>'),
    ("aria-valid-attr-value", '<button type="button" aria-expanded="true">栏目</button>'),
    ("scrollable-region-focusable", '<div style="height:60px;overflow:auto"><p>一行字</p></div>'),
    ("nested-interactive", '<button type="button"><span>打印</span></button>'),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


@pytest.mark.parametrize(("rule", "html"), KEPT)
def test_what_keeps_nobody_out_is_called_kept(browser: Studio, rule: str, html: str) -> None:
    assert _said(browser, rule, html) == [None]


@pytest.mark.parametrize(("rule", "html"), OPEN)
def test_nothing_is_said_where_there_is_nothing_to_know_better(browser: Studio, rule: str, html: str) -> None:
    assert _said(browser, rule, html) == []


def _said(browser: Studio, rule: str, html: str) -> list[object]:
    document = browser.document(whole(html))
    return [hit.outcome for check in checks()[rule] for hit in check.look(document)]
