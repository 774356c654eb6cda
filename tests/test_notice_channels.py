"""Every way to tell somebody something: the request is what the other side documents, and the edge goes only where the settings say."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import get_args

import pytest
from certificates import Authority
from receivers import MailServer, Receiver, server_context

from auditor.model import Channel, Network, Reader, Security
from auditor.notices import sender
from auditor.notices.channels import dingtalk, feishu, kinds, webhook
from auditor.notices.message import Doubtful, Final, Message, MissingSecret, Request, Secrets, fitted, lookups, unmarked
from auditor.notices.sender import deliver
from auditor.target_notices import Kind

NOW = datetime(2025, 11, 29, 2, 0, tzinfo=UTC)  # 1764381600
ENVIRON = {
    "KEY": "0a1b2c3d-key", "SECRET": "SECabc", "URL": "https://robot.test/send?key=whole-key", "USER": "audit", "PASSWORD": "p4ssw0rd!"
}  # fmt: skip
MESSAGE = Message(
    id="night-20251129-020000", reader=Reader.OPERATOR, subject="无障碍监测：11 月 29 日", made=NOW, link="https://a11y.test/",
    lines=("检测 3 个网站，得到评价 2 个。", "某县人民政府未能评价：打开超时。"), data={"round": "20251129-020000"},
)  # fmt: skip


def a_channel(kind: str, **more: object) -> Channel:
    return Channel(**{"id": kind, "kind": kind, **more})  # type: ignore[arg-type]


def built(channel: Channel, message: Message = MESSAGE) -> Request:
    made = kinds()[channel.kind].build(channel, Secrets.of(channel, ENVIRON), message, NOW)
    assert isinstance(made, Request)
    return made


# ---------------------------------------------------------------------------------------------- requests


def test_every_kind_of_targets_yml_is_a_file_and_every_file_a_kind() -> None:
    assert set(kinds()) == set(get_args(Kind))
    assert all(kinds()[robot].A_MINUTE == 20 for robot in ("wecom", "dingtalk", "feishu"))


def test_signatures_are_those_that_openssl_makes() -> None:
    # printf '1764381600000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    assert dingtalk.signature("SECabc", 1764381600000) == "SI/wi9Yp41WL9SSlSVF2vhM6DSwKNo4/w9BSmnfPdA4="
    # printf '' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '1764381600\nSECabc' | xxd -p) -binary | base64
    assert feishu.signature("SECabc", 1764381600) == "wTtpaTM/iG15g8cjb7MfOQJkH0g7UzCnNyPADUn9yNg="
    # printf '1764381600.{"a":1}' | openssl dgst -sha256 -hmac hook-secret
    expected = "5bc3acac3dd5c51fd62823d4c99acaf7d89292b077662ac2555403bf348adc43"
    assert webhook.signature("hook-secret", "1764381600", b'{"a":1}') == expected


def test_wecom_is_told_in_markdown_at_the_address_with_the_key() -> None:
    request = built(a_channel("wecom", key="env:KEY"))
    assert request.url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-key"
    told = json.loads(request.body)
    assert told["msgtype"] == "markdown"
    assert told["markdown"]["content"].splitlines() == ["**无障碍监测：11 月 29 日**", *MESSAGE.lines, "[查看详情](https://a11y.test/)"]
    assert built(a_channel("wecom", url="env:URL")).url == ENVIRON["URL"], "the whole address, as the robot's page shows it"
    private = built(a_channel("wecom", url="https://zwwx.example.gov.cn/cgi-bin/webhook/send", key="env:KEY"))
    assert private.url == "https://zwwx.example.gov.cn/cgi-bin/webhook/send?key=0a1b2c3d-key"


def test_dingtalk_signs_in_the_address_and_only_where_there_is_a_secret() -> None:
    plain, signed = built(a_channel("dingtalk", key="env:KEY")), built(a_channel("dingtalk", key="env:KEY", secret="env:SECRET"))
    assert plain.url == "https://oapi.dingtalk.com/robot/send?access_token=0a1b2c3d-key"
    assert signed.url == f"{plain.url}&timestamp=1764381600000&sign=SI%2Fwi9Yp41WL9SSlSVF2vhM6DSwKNo4%2Fw9BSmnfPdA4%3D"
    told = json.loads(signed.body)
    assert told["msgtype"] == "markdown" and told["markdown"]["title"] == MESSAGE.subject
    assert told["markdown"]["text"].split("\n\n")[1:3] == list(MESSAGE.lines)


def test_feishu_signs_in_the_body() -> None:
    request = built(a_channel("feishu", key="env:KEY", secret="env:SECRET"))
    assert request.url == "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-key"
    told = json.loads(request.body)
    assert (told["timestamp"], told["sign"]) == ("1764381600", "wTtpaTM/iG15g8cjb7MfOQJkH0g7UzCnNyPADUn9yNg=")
    assert told["msg_type"] == "text" and told["content"]["text"].endswith("打开超时。\nhttps://a11y.test/")
    assert set(json.loads(built(a_channel("feishu", key="env:KEY")).body)) == {"msg_type", "content"}


def test_a_webhook_is_signed_over_time_and_body_and_bears_its_number() -> None:
    request = built(a_channel("webhook", url="https://platform.test/in", secret="env:SECRET"))
    told = json.loads(request.body)
    assert told["id"] == request.headers["X-Auditor-Message"] == MESSAGE.id and told["data"] == {"round": "20251129-020000"}
    wanted = hmac.new(b"SECabc", b"1764381600." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Auditor-Signature"] == f"sha256={wanted}" and request.headers["X-Auditor-Timestamp"] == "1764381600"


def test_a_mail_is_plain_text_with_the_same_number_when_it_is_sent_again() -> None:
    channel = a_channel("mail", host="mx.test", sender="audit@a.test", to=("one@a.test", "two@b.test"))
    first, again = (kinds()["mail"].build(channel, Secrets(), one, NOW) for one in (MESSAGE, replace(MESSAGE, again=True)))
    assert isinstance(first, EmailMessage) and isinstance(again, EmailMessage)
    assert first["Message-ID"] == again["Message-ID"] and "再次发送" in again["Subject"] and "再次发送" not in first["Subject"]
    assert str(first["To"]) == "one@a.test, two@b.test" and first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain" and "某县人民政府未能评价：打开超时。" in first.get_content()
    odd = kinds()["mail"].build(channel, Secrets(), replace(MESSAGE, subject="甲\r\nBcc: x@evil.test"), NOW)
    assert isinstance(odd, EmailMessage) and odd["Bcc"] is None


# ---------------------------------------------------------------------------------------------- text


def test_a_text_is_cut_by_bytes_at_the_end_of_a_sentence_and_keeps_its_link() -> None:
    long = replace(MESSAGE, lines=tuple(f"第 {n} 个网站新出现障碍；请看报告。" for n in range(400)))
    for limit in (120, 300, 2048, 4096, 15_000):
        text = fitted(long, limit, link="https://a11y.test/")
        assert len(text.encode()) <= limit
        *kept, last = text.split("\n")
        assert last == "（其余从略。）https://a11y.test/" and all(part[-1] in "。；" for part in kept[1:])
    assert fitted(MESSAGE, 4096, link="") == "\n".join((MESSAGE.subject, *MESSAGE.lines)), "what fits is left whole"
    assert len(fitted(replace(MESSAGE, subject="很长" * 500), 100, link="").encode()) <= 100
    assert len(json.loads(built(a_channel("wecom", key="env:KEY"), long).body)["markdown"]["content"].encode()) <= 4096


def test_words_of_a_site_cannot_make_links_or_mentions() -> None:
    hostile = replace(MESSAGE, lines=("[点这里](http://evil.test)<@all> **注意** `x` ![](http://evil.test/a.png) # 一",))
    text = json.loads(built(a_channel("wecom", key="env:KEY", link=""), replace(hostile, link="")).body)["markdown"]["content"]
    assert not set(text.replace("**", "", 2)) & set("[]<>*`!#@") and "点这里" in text
    assert unmarked(MESSAGE).lines == MESSAGE.lines


# ---------------------------------------------------------------------------------------------- secrets


def test_secrets_come_from_the_environment_and_show_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = a_channel("wecom", url="env:URL", key="env:KEY")
    assert lookups(channel) == ("URL", "KEY")
    with pytest.raises(MissingSecret, match="没有设置环境变量 KEY"):
        Secrets.of(channel, {"URL": "https://a.test/"})
    secrets = Secrets.of(channel, ENVIRON)
    assert "key" not in repr(secrets) and "0a1b" not in repr(built(channel))
    with Receiver(answer=lambda taken: (200, {"errcode": 93000, "errmsg": f"invalid {taken.path}"})) as robot:
        local = a_channel("wecom", url="env:LOCAL", key="env:KEY", allow_private=True)
        said = deliver(local, MESSAGE, Network(), environ={**ENVIRON, "LOCAL": f"{robot.url}/send"})
    assert "errcode 93000" in said and "***" in said and "0a1b" not in said
    assert "0a1b" not in caplog.text
    assert "没有设置环境变量" in deliver(channel, MESSAGE, Network(), environ={})


# ---------------------------------------------------------------------------------------------- the edge, over HTTP

def told(receiver: Receiver, channel: Channel, environ: Mapping[str, str] = ENVIRON) -> str:
    return deliver(replace(channel, url=receiver.url + "/in", allow_private=True), MESSAGE, Network(), environ=environ)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_that_takes_the_message_and_one_that_refuses_it_at_status_200(kind: str) -> None:
    channel = a_channel(kind, key="env:KEY")
    with Receiver() as robot:
        assert told(robot, channel) == ""
        assert len(robot.taken) == 1 and robot.taken[0].headers["host"] == f"127.0.0.1:{robot.port}"
    with Receiver(answer=lambda _: (200, {"errcode": 45009, "code": 11232, "errmsg": "limit", "msg": "limit"})) as robot:
        assert "没有接收" in told(robot, channel) and "limit" in told(robot, channel)
    with Receiver(answer=lambda _: (502, b"<html>")) as robot:
        assert "HTTP 502" in told(robot, channel)


def test_a_webhook_takes_by_status_and_is_never_followed_elsewhere() -> None:
    channel = a_channel("webhook", secret="env:SECRET")
    with Receiver() as other, Receiver(answer=lambda _: (307, {}), headers={"Location": f"{other.url}/steal"}) as hook:
        assert "没有跟随" in told(hook, channel)
        assert len(hook.taken) == 1 and other.taken == []
    with Receiver(answer=lambda _: (204, b"")) as hook:
        assert told(hook, channel) == ""
    with Receiver(answer=lambda _: (200, b"x" * 200_000)) as hook:
        assert "答复过长" in told(hook, channel)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/", "http://169.254.169.254/", "http://0/"])
def test_private_addresses_are_reached_only_where_the_settings_say_so(url: str) -> None:
    with Receiver() as hook:
        address = url.format(hook.port)
        channel = a_channel("webhook", url=address, secret="env:SECRET")
        assert "内网" in deliver(channel, MESSAGE, Network(), environ=ENVIRON)
        secure = replace(channel, url=address.replace("http:", "https:"))
        assert "allow_private" in deliver(secure, MESSAGE, Network(allow_private=True), environ=ENVIRON), "the sites' permission is another"
        assert hook.taken == []


@pytest.mark.parametrize("url", ["ftp://a.test/", "http://u:p@a.test/", "file:///etc/passwd", "https://"])
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    channel = a_channel("webhook", url=url, secret="env:SECRET", allow_private=True)
    assert "网址" in deliver(channel, MESSAGE, Network(), environ=ENVIRON)


def test_https_is_made_to_the_checked_address_in_the_name_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue("robot.test")
    context = server_context(issued.certificate, issued.key)
    with Receiver(context=context) as robot:
        network = Network(resolve={"robot.test:443": f"127.0.0.1:{robot.port}"})
        channel = a_channel("webhook", url="https://robot.test/in", secret="env:SECRET")
        assert "请检查证书" in deliver(channel, MESSAGE, network, environ=ENVIRON), "nobody trusts this authority"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.own.certificate))
        assert deliver(channel, MESSAGE, network, environ=ENVIRON) == ""
        assert robot.taken[0].headers["host"] == "robot.test"
        other = replace(network, resolve={"other.test:443": f"127.0.0.1:{robot.port}"})
        assert "请检查证书" in deliver(replace(channel, url="https://other.test/in"), MESSAGE, other, environ=ENVIRON)


def test_who_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "LIMIT", 1.0)
    with Receiver(wait=3.0) as hook:
        late = told(hook, a_channel("webhook", secret="env:SECRET"))
        assert "没有完成" in late and isinstance(late, Doubtful), "they may have it all the same"
    gone = told(hook, a_channel("webhook", secret="env:SECRET"))
    assert "没有建立" in gone and not isinstance(gone, Doubtful), "nobody listens there any more"


# ---------------------------------------------------------------------------------------------- the edge, by mail

LOCAL_MAIL = a_channel(
    "mail", host="127.0.0.1", security=Security.NONE, sender="audit@a.test", to=("one@a.test", "two@b.test"), allow_private=True
)  # fmt: skip


def test_a_mail_reaches_all_its_readers() -> None:
    with MailServer() as server:
        assert deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network()) == ""
    assert server.readers == ["one@a.test", "two@b.test"]
    assert server.mails[0]["Subject"] == MESSAGE.subject and "打开超时。" in server.mails[0].get_content()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_goes_over_a_closed_way_with_a_login(security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue("mx.test")
    context = server_context(issued.certificate, issued.key)
    with MailServer(security=security, context=context, login=("audit", "p4ssw0rd!")) as server:
        kind = Security(security)
        network = Network(resolve={"mx.test:2525": f"127.0.0.1:{server.port}"})
        channel = replace(
            LOCAL_MAIL, host="mx.test", port=2525, security=kind, username="env:USER", password="env:PASSWORD", allow_private=False
        )  # fmt: skip
        assert "请检查证书" in deliver(channel, MESSAGE, network, environ=ENVIRON)
        assert not any("AUTH" in line for line in server.said), "no password before the certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.own.certificate))
        assert deliver(channel, MESSAGE, network, environ=ENVIRON) == ""
        assert len(server.mails) == 1
        refused = deliver(channel, MESSAGE, network, environ={**ENVIRON, "PASSWORD": "other-word"})
    assert "不接受登录名或密码（535）" in refused


def test_a_mail_server_that_refuses_is_quoted_and_one_that_is_silent_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer(refuse={"RCPT": "550 unknown"}) as server:
        assert "不接收任何一个收件邮箱" in deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network())
    with MailServer() as server:
        said = deliver(replace(LOCAL_MAIL, port=server.port, security=Security.STARTTLS), MESSAGE, Network())
        assert "不支持要求的加密" in said and server.mails == [], "no way round the encryption"
        assert "内网" in deliver(replace(LOCAL_MAIL, port=server.port, allow_private=False), MESSAGE, Network())
    monkeypatch.setattr(sender, "LIMIT", 0.5)
    with MailServer(silent=True) as server:
        assert "没有完成" in deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network())


def test_a_mail_that_some_readers_have_is_not_sent_to_them_again() -> None:
    with MailServer(refuse={"RCPT TO:<two@b.test>": "550 unknown"}) as server:
        said = deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network())
    assert isinstance(said, Final) and "没有接收其中 1 个收件邮箱" in said and len(server.mails) == 1


def test_a_mail_that_was_taken_is_taken_however_the_server_takes_leave() -> None:
    for leave in ("500 what", "421 busy"):
        with MailServer(refuse={"QUIT": leave}) as server:
            assert deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network()) == "" and len(server.mails) == 1


def test_a_mail_whose_end_nobody_confirms_may_have_been_taken() -> None:
    with MailServer(refuse={".": ""}) as server:
        said = deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network())
        assert isinstance(said, Doubtful) and len(server.mails) == 1
    with MailServer(refuse={".": "451 later"}) as server:
        said = deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network())
        assert said == "邮件服务器没有接收（451）" and not isinstance(said, Doubtful)
    with MailServer(refuse={"EHLO": "421 busy", "HELO": "421 busy"}) as server:
        assert not isinstance(deliver(replace(LOCAL_MAIL, port=server.port), MESSAGE, Network()), Doubtful)
