"""Personal data on pages is covered before it is told on; what offices publish, and what only looks like a person's number, stays."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest

from reports.masking import Kind, masked, personal

VALID = "11010519491231002X"  # the example of GB 11643
CARD = "6222021234567890128"


def kinds(text: str, strict: bool = True) -> list[Kind]:
    return [found.kind for found in personal(text, strict=strict)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"张三，男，身份证号：{VALID}", "[姓名已遮盖]，男，身份证号：[身份证号已遮盖]"),
        (f"<td>欧阳娜娜</td><td>女</td><td>{VALID}</td>", "<td>[姓名已遮盖]</td><td>女</td><td>[身份证号已遮盖]</td>"),
        (f"姓名：李小红 家住城关镇 证件号 {VALID}", "姓名：[姓名已遮盖] 家住城关镇 证件号 [身份证号已遮盖]"),
        (f"{VALID}（王五）已领取", "[身份证号已遮盖]（[姓名已遮盖]）已领取"),
        ("身份证号为370811198001011234", "身份证号为[身份证号已遮盖]"),  # a slip in the last place is still a person's number
        ("１１０１０５１９４９１２３１００２Ｘ", "[身份证号已遮盖]"),
        ("身份证号：370811800101123", "身份证号：[身份证号已遮盖]"),
        (f"收款人：赵六，卡号{CARD}", "收款人：[姓名已遮盖]，卡号[银行卡号已遮盖]"),
        ("6222 0212 3456 7890 128", "[银行卡号已遮盖]"),
    ],
)  # fmt: skip
def test_what_does_harm_by_itself_is_covered_for_everybody(text: str, shown: str) -> None:
    assert masked(text) == masked(text, strict=True) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("孙丽 13812345678", "[姓名已遮盖] [手机号码已遮盖]"),
        ("监督电话：+86 138-1234-5678", "监督电话：[手机号码已遮盖]"),  # a mobile belongs to a person, whatever it is used for
        ("家庭电话：2967123", "家庭电话：[电话号码已遮盖]"),
        ("申请人电话 0537-2967123", "申请人电话 [电话号码已遮盖]"),
        ("鲁H·12345、鲁HD12345、鲁H1234警", "[车牌号已遮盖]、[车牌号已遮盖]、[车牌号已遮盖]"),
        ("zhang.san@163.com", "[电子邮箱已遮盖]"),
        ("补贴对象：370811198001011234", "补贴对象：[身份证号已遮盖]"),
    ],
)
def test_what_leads_to_a_person_is_covered_where_everybody_can_read_it(text: str, shown: str) -> None:
    assert masked(text, strict=True) == shown
    assert masked(text) == text, "owners need it to find the place"


@pytest.mark.parametrize(
    "text",
    [
        "济政字〔2021〕71号 鲁政字〔2021〕156号 工信厅信管函〔2021〕67号",
        "2026年11月23日 09:30，2021-01-01 至 2025-12-31，20261123093000",
        "全市 8358125 人，财政支出 13812345678元，增长 12.5%，13812345678.00",
        "12345 政务服务便民热线，12385 残疾人服务热线，110、119、120、95598",
        "咨询电话：0537-2967123；市残联办公室 (0537)2348456；传真0537-2967124",
        "市政务服务中心大厅 0537-2967123",
        "400-123-4567、800-810-8888",
        "jnsdsj@jining.gov.cn",
        "鲁ICP备05040032号-1 鲁公网安备 37080202000189号 鲁B2-20050001",
        "统一社会信用代码 11370800004312345X",
        "网站标识码 3708000034",
        "/art/2021/9/3/art_33402_2730501.html t20210903_1234567 1638412345678",
        "logo@2x.png banner@3x.jpg",
        "快递单号 773123456789012 订单 202109031234567890",
        "王主任在会上讲话，张庄镇、李营街道参加。",
        "ISBN 978-7-100-12345-6 国标 GB/T 37668-2019",
        "6222021234567890129",  # does not check
        "#col_1381234567890 > li:nth-child(3)",
        "a1b2c3d4-13812345678e-ffff",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert masked(text, strict=True) == masked(text) == text


def test_places_are_told_for_those_who_cover_pictures() -> None:
    text = f"张三 {VALID} 13812345678"
    found = personal(text, strict=True)
    assert [(text[one.start : one.end], one.kind) for one in found] == [
        ("张三", Kind.NAME), (VALID, Kind.IDENTITY), ("13812345678", Kind.MOBILE),
    ]  # fmt: skip
    assert kinds(text, strict=False) == [Kind.NAME, Kind.IDENTITY] and personal("没有号码的一句话") == ()


def test_what_is_covered_is_named_in_the_language_of_the_report() -> None:
    assert masked(f"张三 {VALID}", language="en") == "[name masked] [identity number masked]"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("before", "words", "behind"),
    [
        ("http://a.gov.cn/", "号13812345678", ".html"),
        ("http://a.gov.cn/?q=", f"身份证{VALID}", "&p=1"),
        ("http://a.gov.cn/?q=", f"姓名：张三 证件号：{VALID}", ""),
        ("http://a.gov.cn/?tel=", ":13812345678", ""),
        ("http://a.gov.cn/?mail=", "zhang@example.com", ""),
    ],
)
def test_addresses_are_covered_as_they_read(encoding: str, before: str, words: str, behind: str) -> None:
    text = before + quote(words, encoding=encoding) + behind
    shown = masked(text, strict=True)
    assert shown.startswith(before) and shown.endswith(behind)
    assert unquote(shown, encoding=encoding) == before + masked(words, strict=True) + behind or encoding == "gb18030"
    assert not [one for one in ("138", VALID, "zhang", quote("张三", encoding=encoding)) if one in shown]


def test_a_sign_of_per_cent_before_a_number_hides_nothing_and_covered_addresses_keep_the_rest() -> None:
    assert masked("完成100%13812345678", strict=True) == "完成100%[手机号码已遮盖]"
    for address in ("http://a.gov.cn/%E5%8A%9E%E4%BA%8B/100%25.html?d=20261129", "%FF%FE1234567", "%", "%E5"):
        assert masked(address, strict=True) == address


def test_covering_twice_changes_nothing_and_long_text_takes_no_time() -> None:
    once = masked(f"张三，身份证号：{VALID}，电话13812345678", strict=True)
    assert masked(once, strict=True) == once
    for endless in ("1" * 100_000, "<td>" * 30_000, "姓名：" * 30_000, "a" * 100_000 + "@", "张，" * 50_000 + VALID, "鲁A" * 50_000):
        assert len(personal(endless, strict=True)) <= 2
