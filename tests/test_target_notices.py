"""Wrong settings under `notices` are refused when the file is read, each with a sentence, before anything is sent anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.targets import TargetsError, load

LIST = """\
version: 1
regions: [{{id: "990000", name: 测试市, local: true}}]
network: {{user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}}
notices:
  - {{{notice}}}
sites:
  - {{id: portal, name: 一号网站, url: "http://www.example.gov.cn/", category: portal, region: "990000", owner: 某局}}
"""
MAIL = "kind: mail, host: mx.a.cn, from: a@a.cn, to: [b@a.cn]"
HOOK = 'kind: webhook, url: "https://a.cn/", secret: env:S'


def problems(folder: Path, notice: str) -> list[str]:
    file = folder / "targets.yml"
    file.write_text(LIST.format(notice=notice), encoding="utf-8")
    try:
        load(file)
    except TargetsError as error:
        return [problem.sentence for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ("kind: wecom, key: plain-secret", "密钥不能写在文件里"),
        ("kind: wecom, key: 'env:'", "环境变量的名字"),
        ("kind: wecom, key: 'env:PATH;rm'", "环境变量的名字"),
        ("kind: wecom, url: 'https://a.cn/?key=abc'", "含有密钥"),
        ("kind: wecom, url: 'https://u:p@a.cn/'", "用户名或密码"),
        ("kind: wecom, url: 'https://[::1/'", "写法有误"),
        ("kind: wecom, url: 'https://a.cn:99999/'", "写法有误"),
        ("kind: wecom, url: 'HTTP://a.cn/'", "不加密的只允许在内网"),
        ("kind: feishu, key: env:K, url: 'https://a.cn/hook?x=1'", "url 里不能有 ?"),
        (MAIL.replace("mx.a.cn", "'mx.a.cn:25'"), "端口写在 port 里"),
        (MAIL.replace("mx.a.cn", "'..'"), "只写邮件服务器的主机名"),
        (MAIL.replace("mx.a.cn", "'-'"), "只写邮件服务器的主机名"),
        (MAIL.replace("mx.a.cn", "'::::'"), "只写邮件服务器的主机名"),
        (MAIL.replace("a@a.cn,", r'"a@a.cn\r\nBcc: x@x.cn",'), "邮箱地址要写成"),
        (MAIL.replace("[b@a.cn]", "['b@a.cn, c@a.cn']"), "邮箱地址要写成"),
        (MAIL.replace("[b@a.cn]", "[]"), "要写 to"),
        (f"{MAIL}, username: x, password: clear", "密钥不能写在文件里"),
        (f"{MAIL}, username: x", "要一起写"),
        (f"{MAIL}, security: none", "不加密的只允许在内网"),
        (f"{MAIL}, port: 0", "不能小于 1"),
        (f"{HOOK}, link: 'javascript:alert(1)'", "http:// 或 https://"),
        (f"{HOOK}, reader: owner", "在 sites 里写明"),
        (f"{HOOK}, sites: [nowhere]", "没有编号为 nowhere 的站点"),
        (f"{HOOK}, id: a b", "编号只能用"),
    ],
)
def test_a_wrong_notice_is_refused_with_its_reason(notice: str, words: str, tmp_path: Path) -> None:
    assert any(words in sentence for sentence in problems(tmp_path, notice)), problems(tmp_path, notice)


@pytest.mark.parametrize("host", ["mx.a.cn", "mx.a.cn.", "localhost", "192.0.2.1", "'2001:db8::1'", "xn--fiqs8s.cn"])
def test_usual_names_of_mail_servers_are_taken(host: str, tmp_path: Path) -> None:
    assert problems(tmp_path, MAIL.replace("mx.a.cn", host)) == []
