"""News: told only when something changed or failed, queued once, sent at the pace a robot bears, never lost over kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from histories import NOW, ZONE, history, target
from processes import until
from receivers import OK, MailServer, Receiver
from test_store import HERE, a_run, entry, finding, keep

from auditor.cases import opened
from auditor.model import CaseEvent, CaseStep, Channel, History, Network, Party, Reader, RunState, SiteHistory, State, Watch
from auditor.notices.announcing import announce, announce_trouble
from auditor.notices.digests import digest, trouble
from auditor.notices.message import Doubtful, Final, Message
from auditor.notices.post import Postman, send_due
from auditor.store import Store, StoreBusy
from auditor.store_outbox import MOST_TRIES, Outbox, Post

OPERATOR = Channel(id="ops", kind="wecom", key="env:KEY", link="https://a11y.test/")
OWNER = Channel(id="office", kind="mail", reader=Reader.OWNER, sites=("shi",), link="https://a11y.test/")
FEDERATION = Channel(id="county", kind="feishu", reader=Reader.FEDERATION)


def told(channel: Channel, among: History | None = None, now: datetime = NOW) -> Message:
    found = digest(among or history(), channel, "night-0", now)
    assert found is not None
    return found


def only(*sites: SiteHistory) -> History:
    return replace(history(), sites=sites)


def changed(site: SiteHistory, **more: object) -> SiteHistory:
    """The site with other numbers in its newest run."""
    return replace(site, runs=(replace(site.runs[0], **more), *site.runs[1:]))  # type: ignore[arg-type]


def site(id: str) -> SiteHistory:
    return next(one for one in history().sites if one.target.site.id == id)


# ---------------------------------------------------------------------------------------------- what is told


def test_the_operator_hears_how_the_night_went_and_what_could_not_be_judged() -> None:
    message = told(OPERATOR)
    assert message.id == "night-night-0" and "未能评价" in message.subject and "无障碍" in message.subject
    assert message.lines[0].startswith("检测站点 ") and "新出现" in message.lines[1]
    assert any("无法解析" in line for line in message.lines)
    assert all(line.endswith("。") for line in message.lines)
    assert {one["state"] for one in message.data["sites"]} >= {"audited", "failed"}


def test_nobody_hears_of_a_night_in_which_nothing_changed_or_failed() -> None:
    still = changed(site("shi"), new=0, fixed=0, reopened=0)
    assert digest(only(still), OPERATOR, "night-0", NOW) is None
    assert digest(only(replace(still, issues=())), OWNER, "night-0", NOW) is None
    assert digest(only(still), OPERATOR, "another-round", NOW) is None
    assert digest(only(changed(still, fixed=1)), OPERATOR, "night-0", NOW) is not None
    failed = changed(still, state=RunState.FAILED, reason="打不开")
    assert told(OPERATOR, only(failed)).lines[2].endswith("打不开。")


def test_an_owner_hears_of_own_sites_only_barrier_by_barrier() -> None:
    message = told(OWNER)
    text = "\n".join(message.lines)
    assert message.link == "https://a11y.test/sites/shi" and "某市人民政府" in message.subject
    assert "新出现：文字与背景的对比度不足，6 页" in text and "目前共有" in text
    assert {one["id"] for one in message.data["sites"]} == {"shi"}
    other = replace(OWNER, sites=("nobody",))
    assert digest(history(), other, "night-0", NOW) is None


def test_sites_that_wait_for_confirmation_are_no_news() -> None:
    waits = replace(site("shi"), target=target("shi", "某市人民政府", confirmed=False), runs=())
    assert digest(only(waits), OPERATOR, "night-0", NOW) is None


def test_the_federation_hears_once_a_week_county_by_county() -> None:
    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    first, again = told(FEDERATION, now=monday), told(FEDERATION, now=monday + timedelta(days=3))
    assert first.id == again.id == "week-2026-W47" and first.lines == again.lines
    assert told(FEDERATION, now=monday + timedelta(days=7)).id == "week-2026-W48", "a week without a sound audit is told too"
    assert any("这一周得到评价 2 个" in line and "新出现" in line for line in first.lines)
    assert digest(history(), FEDERATION, "night-0", monday - timedelta(days=60)) is None, "before the first audit there is nothing"


def test_what_waits_in_cases_is_told_with_the_week() -> None:
    case = opened("2026-0001", "shi", CaseEvent(
        at=NOW - timedelta(days=20), step=CaseStep.OPEN, by="王", party=Party.FEDERATION, why="x", groups=("g",), days=10
    ), ZONE)  # fmt: skip
    lines = told(FEDERATION, only(replace(site("shi"), cases=(case,)))).lines
    assert "已过，还有 1 组障碍没有查实修复。" in lines[-2] and "应当复测" in lines[-1]


def test_words_of_a_site_stand_on_one_line_and_hide_nothing() -> None:
    odd = changed(site("shi"), state=RunState.FAILED, reason="甲\n\u202e乙" + "丙" * 5000)
    line = told(OPERATOR, only(odd)).lines[2]
    assert "\n" not in line and "[U+202E]" in line and len(line) < 700


def test_trouble_is_told_once_a_day_for_one_reason() -> None:
    first, later = trouble("没有浏览器。", ZONE, NOW), trouble("没有浏览器。", ZONE, NOW + timedelta(hours=3))
    assert first.id == later.id != trouble("磁盘空间不足。", ZONE, NOW).id
    assert first.id != trouble("没有浏览器。", ZONE, NOW + timedelta(days=1)).id


# ---------------------------------------------------------------------------------------------- the outbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "auditor.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def message(number: int) -> Message:
    return Message(id=f"m{number}", reader=Reader.OPERATOR, subject=f"无障碍 {number}", lines=("有变化。",), made=NOW)


def post(
    path: Path, deliver: Callable[[Channel, Message, Network], str], now: datetime = NOW, channels: tuple[Channel, ...] = (OPERATOR,)
) -> dict[str, int]:
    sent = send_due(Watch(notices=channels), path, clock=lambda: now, deliver=deliver)
    return {name: count for name, count in vars(sent).items() if count}


def test_a_message_is_queued_once_and_comes_out_as_it_went_in(store: Store) -> None:
    outbox = Outbox(store)
    odd = replace(message(1), lines=("\ud800坏字符。",), data={"round": "r"})
    assert outbox.queue([("ops", odd), ("county", odd)], NOW) == 2
    assert outbox.queue([("ops", replace(odd, subject="别的"))], NOW) == 0
    assert [(one.channel, one.message.subject, one.message.data) for one in outbox.due(NOW)] == [
        ("ops", "无障碍 1", {"round": "r"}), ("county", "无障碍 1", {"round": "r"})
    ]  # fmt: skip


def test_what_is_refused_is_tried_again_later_and_later_and_given_up_after_a_day(path: Path, store: Store) -> None:
    Outbox(store).queue([("ops", message(1))], NOW)
    now, waits = NOW, []
    while not post(path, lambda *_: "不行", now).get("given_up"):
        entry = Outbox(store).unsent()[0]
        waits.append(entry.due - now)
        assert post(path, lambda *_: "", now) == {}, "not before its time"
        now = entry.due
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:7] == [1, 2, 4, 8, 16, 32, 60] and set(minutes[7:]) == {60}
    assert timedelta(hours=24) <= now - NOW < timedelta(hours=25)
    assert Outbox(store).unsent()[0].said == "不行"
    assert Outbox(store).once_more(now) == 1
    assert post(path, lambda *_: "", now) == {"taken": 1} and Outbox(store).unsent() == ()


def test_a_robot_gets_twenty_messages_a_minute_whoever_they_are_for(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "one-robot")
    monkeypatch.setenv("OTHER", "another-robot")
    same, other = replace(OPERATOR, id="same"), replace(OPERATOR, id="other", key="env:OTHER")
    Outbox(store).queue([(("ops", "same", "other")[number % 3], message(number)) for number in range(75)], NOW)
    everybody = (OPERATOR, same, other)
    assert post(path, lambda *_: "", NOW, everybody) == {"taken": 40, "held": 35}
    assert post(path, lambda *_: "", NOW + timedelta(seconds=59), everybody) == {"held": 35}
    assert post(path, lambda *_: "", NOW + timedelta(seconds=61), everybody) == {"taken": 25, "held": 10}
    order = [one.message.id for one in reversed(Outbox(store).newest(100)) if one.channel == "other" and one.state is Post.SENT]
    assert order == [f"m{number}" for number in range(2, 75, 3)], "in the order in which they came"


def test_only_one_process_sends_at_a_time(path: Path, store: Store) -> None:
    Outbox(store).queue([("ops", message(1))], NOW)

    def meanwhile(*_: object) -> str:
        with pytest.raises(StoreBusy, match="正在发送通知"):
            post(path, lambda *_: "")
        return ""

    assert post(path, meanwhile) == {"taken": 1}


def test_a_channel_that_is_gone_from_the_settings_keeps_its_messages_for_a_day(path: Path, store: Store) -> None:
    Outbox(store).queue([("gone", message(1))], NOW)
    assert post(path, lambda *_: "") == {"refused": 1}
    assert "已经没有这条通知" in Outbox(store).unsent()[0].said
    assert post(path, lambda *_: "", NOW + timedelta(minutes=2), (replace(OPERATOR, id="gone"),)) == {"taken": 1}


def test_a_place_that_does_not_answer_keeps_nobody_else_waiting(path: Path, store: Store) -> None:
    """Two failures in a row, and the rest of its messages wait for the next look; so one dead mail server costs a minute, not an hour."""
    other = replace(OPERATOR, id="other", key="env:OTHER")
    Outbox(store).queue([(("ops", "other")[number % 2], message(number)) for number in range(20)], NOW)
    tried: list[str] = []

    def deliver(channel: Channel, message: Message, network: Network) -> str:
        tried.append(channel.id)
        return "没有答复" if channel.id == "ops" else ""

    assert post(path, deliver, NOW, (OPERATOR, other)) == {"taken": 10, "refused": 2, "held": 8}
    assert tried.count("ops") == 2
    assert post(path, lambda *_: "", NOW + timedelta(minutes=2), (OPERATOR, other)) == {"taken": 10}, "nothing is lost"


def test_what_may_have_arrived_says_so_when_it_is_sent_again_and_what_some_have_is_not(path: Path, store: Store) -> None:
    Outbox(store).queue([("ops", message(number)) for number in range(2)], NOW)
    answers = iter([Doubtful("没有答复"), Final("其中 1 个没有接收")])
    assert post(path, lambda *_: next(answers), NOW) == {"refused": 1, "given_up": 1}
    later: list[tuple[str, bool]] = []

    def deliver(channel: Channel, message: Message, network: Network) -> str:
        later.append((message.id, message.again))
        return "" if len(later) > 1 else "不行"

    assert post(path, deliver, NOW + timedelta(hours=1)) == {"refused": 1}
    assert post(path, deliver, NOW + timedelta(hours=2)) == {"taken": 1}
    assert later == [("m0", True), ("m0", True)], "a plain refusal afterwards takes nothing back"
    assert [one.message.id for one in Outbox(store).unsent()] == ["m1"]


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=4000)])
def test_a_clock_that_is_set_back_stops_no_message(ahead: timedelta, path: Path, store: Store) -> None:
    """Tried, and put off, while the clock ran ahead: when it is right again the messages go out, at the usual pace."""
    Outbox(store).queue([("ops", message(number)) for number in range(25)], NOW + ahead)
    assert post(path, lambda *_: "不行", NOW + ahead) == {"refused": 2, "held": 23}
    assert post(path, lambda *_: "", NOW) == {"taken": 20, "held": 5}
    assert post(path, lambda *_: "", NOW + timedelta(minutes=2)) == {"taken": 5}


def test_what_was_written_under_a_clock_that_ran_ahead_is_given_up_too(path: Path, store: Store) -> None:
    Outbox(store).queue([("ops", replace(message(1), made=NOW + timedelta(days=4000)))], NOW + timedelta(days=4000))
    now, tries = NOW, 0
    while not post(path, lambda *_: "不行", now).get("given_up"):
        now, tries = now + timedelta(hours=1), tries + 1
    assert tries == MOST_TRIES


def test_what_was_sent_long_ago_is_forgotten(path: Path, store: Store) -> None:
    Outbox(store).queue([("ops", message(1))], NOW)
    post(path, lambda *_: "")
    post(path, lambda *_: "", NOW + timedelta(days=89))
    assert len(Outbox(store).newest()) == 1
    post(path, lambda *_: "", NOW + timedelta(days=91))
    assert Outbox(store).newest() == ()


SEND = textwrap.dedent("""
    import sys
    from pathlib import Path
    from auditor.model import Channel, Watch
    from auditor.notices.post import send_due
    channel = Channel(id="hook", kind="webhook", url=sys.argv[2], secret="env:HOOK", allow_private=True)
    send_due(Watch(notices=(channel,)), Path(sys.argv[1]))
""")


def sender(path: Path, url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SEND, str(path), url], cwd=HERE, env={**os.environ, "HOOK": "word"})


def test_a_killed_sender_loses_nothing_and_says_so_where_it_cannot_know(path: Path, store: Store) -> None:
    """Killed while the fourth message is on its way: the three before are not sent again, the fourth is, and says that it may be known."""
    Outbox(store).queue([("hook", message(number)) for number in range(8)], datetime.now(UTC))
    gate, arrived = threading.Event(), threading.Event()

    def answer(taken: object) -> tuple[int, object]:
        if len(hook.taken) == 4 and not gate.is_set():
            arrived.set()
            gate.wait(30)
        return 200, OK

    with Receiver(answer=answer) as hook:
        process = sender(path, hook.url)
        assert arrived.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        gate.set()
        assert [one.state for one in reversed(Outbox(store).newest())] == [Post.SENT] * 3 + [Post.SENDING] + [Post.WAITING] * 4
        assert sender(path, hook.url).wait(60) == 0
    ids = [one.json["id"] for one in hook.taken]
    assert sorted(set(ids)) == [f"m{number}" for number in range(8)] and len(ids) == 9
    assert [one.json["id"] for one in hook.taken if one.json["again"]] == ["m3"]
    assert [one.headers["x-auditor-message"] for one in hook.taken] == ids, "who keeps the numbers sees each message once"
    assert all(one.state is Post.SENT for one in Outbox(store).newest())


def more(hook: Receiver, wanted: int) -> bool:
    return len(hook.taken) >= wanted


def test_a_sender_killed_at_any_moment_loses_nothing(path: Path, store: Store) -> None:
    Outbox(store).queue([("hook", message(number)) for number in range(30)], datetime.now(UTC))
    with Receiver(wait=0.02) as hook:
        for kills in range(4):
            process = sender(path, hook.url)
            until(partial(more, hook, len(hook.taken) + kills + 1))
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        assert sender(path, hook.url).wait(60) == 0
    ids = [one.json["id"] for one in hook.taken]
    assert set(ids) == {f"m{number}" for number in range(30)}
    twice = {one for one in ids if ids.count(one) > 1}
    assert len(twice) <= 4 and {one.json["id"] for one in hook.taken if one.json["again"]} >= twice


# ---------------------------------------------------------------------------------------------- at the end of a round


def watch_with(*channels: Channel) -> Watch:
    made = target("portal", "某网站")
    return Watch(targets=(made,), notices=channels)


def test_a_round_leaves_its_news_in_the_outbox_and_a_resumed_one_does_not_double_it(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]), end=False)
    watch = watch_with(OPERATOR, replace(OWNER, sites=("portal",)), FEDERATION)
    assert announce(watch, store, "n1", NOW) == 2, "the week is told on Monday"
    assert announce(watch, store, "n1", NOW) == 0
    assert {one.channel for one in Outbox(store).due(NOW)} == {"ops", "office"}
    store.end_round("n1", NOW)
    keep(store, a_run(2, [finding(1, 1)]))
    assert announce(watch, store, "n2", NOW) == 0, "nothing changed"
    keep(store, a_run(3, coverage=[entry(1, State.TIMEOUT)], state=RunState.FAILED, reason="打不开"))
    assert announce(watch, store, "n3", NOW) == 2
    assert announce(Watch(), store, "n3", NOW) == 0


def test_a_mistake_in_telling_never_costs_the_round(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    store.db.execute("DROP TABLE outbox")
    assert announce(watch_with(OPERATOR), store, "n1", NOW) == 0
    assert "检测结果不受影响" in caplog.text


def test_trouble_goes_to_the_operator_alone(store: Store) -> None:
    assert announce_trouble(watch_with(OPERATOR, OWNER, FEDERATION), store, "没有浏览器。", NOW) == 1
    assert Outbox(store).due(NOW)[0].channel == "ops"


def test_a_postman_sends_while_the_service_runs(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "k")
    monkeypatch.setattr("auditor.notices.post.LOOK", 0.1)
    Outbox(store).queue([("ops", message(1))], datetime.now(UTC))
    with Receiver() as robot:
        watch = Watch(notices=(replace(OPERATOR, url=robot.url, allow_private=True),))
        with Postman(lambda: watch, path):
            until(lambda: len(robot.taken) == 1)
            Outbox(store).queue([("ops", message(2))], datetime.now(UTC))
            until(lambda: len(robot.taken) == 2)
    assert robot.taken[0].path == "/?key=k"


# ---------------------------------------------------------------------------------------------- the command

LIST = """\
version: 1
regions: [{{id: "990000", name: 测试市, local: true}}]
network: {{user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}}
notices:
  - {{id: ops, kind: dingtalk, url: "{url}/robot/send", key: env:TOKEN, secret: env:SECRET, allow_private: true}}
  - {{id: post, kind: mail, host: 127.0.0.1, port: {port}, security: none, from: a@a.test, to: [b@a.test], allow_private: true}}
sites:
  - {{id: one, name: 一号网站, url: "{url}/", category: portal, region: "990000", owner: 某局}}
"""


def auditor(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "TOKEN": "robot-token", "SECRET": "robot-secret"}
    command = [sys.executable, "-m", "auditor", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env=environ)


def test_the_command_tries_a_channel_and_sends_what_waits(tmp_path: Path) -> None:
    with Receiver() as robot, MailServer() as server:
        (tmp_path / "targets.yml").write_text(LIST.format(url=robot.url, port=server.port), encoding="utf-8")
        assert auditor(tmp_path, "notify", "--test", "ops").stdout == "已送达：ops。\n"
        assert "试发" in robot.taken[0].json["markdown"]["title"] and "?access_token=robot-token&timestamp=" in robot.taken[0].path
        assert auditor(tmp_path, "notify", "--test", "post").returncode == 0 and "试发" in server.mails[0]["Subject"]
        unknown = auditor(tmp_path, "notify", "--test", "opps")
        assert unknown.returncode == 2 and "有 ops、post" in unknown.stderr
        with Store.open(tmp_path / "out" / "auditor.db") as store:
            Outbox(store).queue([("ops", message(1)), ("post", message(2))], datetime.now(UTC))
        assert auditor(tmp_path, "notify").stdout == "送达 2 条，没有送达 0 条，等候发送 0 条。\n"
    with Store.open(tmp_path / "out" / "auditor.db") as store:
        Outbox(store).queue([("ops", message(3))], datetime.now(UTC))
    done = auditor(tmp_path, "notify")
    assert done.returncode == 1 and "[等待] ops：无障碍 3（已试 1 次）" in done.stdout and "robot-token" not in done.stdout + done.stderr
    assert "没有送达" in auditor(tmp_path, "notify", "--test", "post").stderr
