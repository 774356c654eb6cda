"""The commands; each turns words into arguments and calls one function. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import click

from auditor import cli_accounts, cli_care, cli_cases, cli_export, cli_install, cli_notify, cli_rollup
from auditor import targets as targets_file
from auditor.cli_run import options_cluster, perform_round
from auditor.cli_shared import (
    FOLDER,
    NOTHING,
    OK,
    Group,
    failed,
    option_db,
    option_json,
    option_profile,
    option_site,
    option_targets,
    reading,
    watch_of,
    writing,
    wrong,
    wrong_targets,
)
from auditor.cluster import Cluster, ClusterWrong, from_environment
from auditor.model import Decision, Level, Profile, RunState, Stop, Target, Verdict, Watch
from auditor.store import StoreError
from auditor.store_log import Act, LogBook
from auditor.telling import Teller, json_text, move_json, move_text, page_json, page_text, round_json, round_table, stops_text
from reports.words import group_number


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="portal-auditor", prog_name="auditor", message="%(prog)s %(version)s", help="显示版本。")
def main() -> None:
    """信息无障碍审计服务：用真实浏览器检测政府网站，跟踪每一处障碍直到消除。"""


@main.command()
@option_targets
def check(path: Path) -> None:
    """检查网站清单，一次列出所有错误。"""
    watch = watch_of(path)
    enabled = [target for target in watch.targets if target.enabled]
    unconfirmed = _unconfirmed(watch)
    click.echo(f"{path}：没有错误。共 {len(watch.targets)} 个网站，启用 {len(enabled)} 个，其中 {len(unconfirmed)} 个尚未确认，不会访问。")


@main.command()
@option_targets
@option_db
@option_site
@click.option("--fresh", is_flag=True, help="不沿用以往的结果：没有变化的网页也全部重新检测。")
@click.option("--resume", is_flag=True, help="接着完成上一次中断的检测。")
@option_profile
@options_cluster
@option_json
def run(
    path: Path, db: Path, sites: Sequence[str], fresh: bool, resume: bool, profile: str | None, cluster: Cluster | None, as_json: bool
) -> None:  # fmt: skip
    """检测网站清单中的网站，保存结果。

    手工启动的检测不受 window（允许访问的时段）限制，请避开网站繁忙的时候。
    """
    watch = watch_of(path)
    chosen = _chosen(watch, sites, profile)
    outcome = perform_round(watch, chosen, db, resume=resume, fresh=fresh, cluster=cluster)
    cli_notify.send_after_round(watch, db)
    if as_json:
        click.echo(json_text(round_json(outcome)))
    else:
        click.echo(round_table(watch, outcome))
    _say_unconfirmed(watch, chosen)
    sys.exit(OK if any(done.state is not RunState.FAILED for done in outcome.runs) else NOTHING)


@main.command()
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--urls-from", type=click.File(encoding="utf-8"), help="从文件读取网址，每行一个（- 表示标准输入）。")
@option_profile
@click.option("--level", type=click.Choice([level.value for level in Level]), help="只列出这一等级及以下的规则；不写则全部列出。")
@click.option("--browser", type=click.Choice(["playwright", "selenium"]), default="playwright", show_default=True, help="使用的浏览器。")
@click.option("--allow", multiple=True, metavar="HOST", help="允许访问这个内网主机，可以写多次。")
@click.option("--fail-on", type=click.Choice(["failed"]), help="有不合格项时以状态 1 结束。")
@option_db
@option_json
def page(
    urls: tuple[str, ...], urls_from: Any, profile: str | None, level: str | None, browser: str, allow: tuple[str, ...],
    fail_on: str | None, db: Path, as_json: bool,
) -> None:  # fmt: skip
    """检测指定的网页或附件（PDF、Word、Excel、演示文稿、OFD），不保存结果。

    数据库旁的紧急停止（见 auditor stop）在这里同样有效。
    """
    from auditor import stops
    from auditor.addresses import host_of
    from auditor.pages import audit_pages
    from checks.axe.source import AxeUnusable
    from crawlers.browsers.find import BrowserMissing

    addresses = [*urls, *(line.strip() for line in urls_from or () if line.strip() and not line.startswith("#"))]
    if not addresses:
        wrong("请给出至少一个网址，例如：auditor page http://www.example.gov.cn/")
    bad = [address for address in addresses if not address.startswith(("http://", "https://"))]
    if bad:
        wrong(f"网址必须以 http:// 或 https:// 开头：{bad[0]}")
    file = stops.beside(db)
    told = [stops.Watched(file)(host_of(address)) for address in addresses]
    if all(told):
        failed(f"{told[0]}。停止记录在 {file}，用 auditor stop 查看。")
    try:
        with Teller(total=len(addresses)) as teller:
            run = audit_pages(
                addresses, level=Level(level) if level else None, profile=Profile(profile or Profile.FULL), allow=allow, browser=browser,
                tell=teller.tell, stops=str(file),
            )  # fmt: skip
    except (BrowserMissing, AxeUnusable) as error:
        failed(str(error))
    click.echo(json_text(page_json(run, addresses)) if as_json else page_text(run, addresses))
    broken = any(finding.outcome == "failed" for finding in run.findings)
    judged = run.state is not RunState.FAILED or any(entry.engines for entry in run.coverage)  # a document that was read is no page
    sys.exit(NOTHING if not judged or (fail_on and broken) else OK)


@main.command()
@option_targets
@option_db
@option_site
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False),
    help=f"写入的文件夹；不写则为 {FOLDER / 'site'}，公开的为 {FOLDER / 'public'}。",
)  # fmt: skip
@click.option("--public", is_flag=True, help="写出供公开的网页和数据：个人信息一律遮盖，不带内部意见、通知草稿和夜间运行情况。")
@click.option("--pdf/--no-pdf", "paper", default=True, show_default=True, help="另外把各网站的报告打印成 PDF（需要浏览器，每个网站几秒）。")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="报告的语言。")
def report(
    path: Path, db: Path, sites: Sequence[str], out: Path | None, public: bool, paper: bool, language: Literal["zh", "en"]
) -> None:  # fmt: skip
    """写出静态报告网页。

    每个网站另有：给负责人的一页、工作清单（XLSX）、整改通知草稿（DOCX）和供打印的 PDF。全市的总览、趋势报告、指标、开放数据（CSV）和
    关于本监测的说明也在其中。用 --site 指定网站时，各页只讲这些网站，文件夹里其他网站的网页会删除。
    """
    from auditor.publish import publish

    watch = watch_of(path)
    out = out or FOLDER / ("public" if public else "site")
    if sites:
        watch = replace(watch, targets=tuple(_chosen(watch, sites, None)))
    with reading(db) as store:
        first = publish(
            watch, store, out, paper=paper, language=language, public=public, tell=lambda sentence: click.echo(sentence, err=True)
        )
    click.echo(first)


@main.command()
@option_targets
@option_db
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。")
@click.option("--port", type=click.IntRange(0, 65535), default=8071, show_default=True, help="监听的端口。")
@click.option("--public", is_flag=True, help="不登录也能看报告网页（管理页面总要登录）；也可以写在网站清单的 service 中。")
@click.option("--log", type=click.Choice(["text", "json"]), default="text", show_default=True, help="日志的格式；json 每次访问也记一条。")
def serve(path: Path, db: Path, host: str, port: int, public: bool, log: str) -> None:
    """按计划在允许访问的时段检测，提供管理页面和报告网页。

    人员用 auditor user add 添加；第一次使用时先添加一个运行管理员。
    """
    from auditor.serving import serve as serve_forever

    watch_of(path)
    try:
        from_environment()
    except ClusterWrong as error:
        wrong(str(error))
    try:
        serve_forever(path, db, host, port, public=public, structured=log == "json")
    except StoreError as error:
        failed(str(error))


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=FOLDER / "demo", show_default=True, help="写入的文件夹。")
@click.option("--nights", type=click.IntRange(1, 30), default=3, show_default=True, help="检测几个晚上。")
def demo(out: Path, nights: int) -> None:
    """在本机的演示城市上检测几个晚上，写出报告。"""
    from auditor.demo.show import show
    from crawlers.browsers.find import BrowserMissing

    try:
        sys.exit(show(out, nights))
    except (BrowserMissing, StoreError) as error:
        failed(str(error))
    except OSError as error:
        failed(f"写不了文件夹 {out}：{error.strerror}")


@main.command()
@option_targets
@option_db
@click.argument("site")
@click.option("--by", required=True, help="确认人姓名。")
def confirm(path: Path, db: Path, site: str, by: str) -> None:
    """确认可以访问一个网站（写入网站清单）。"""
    watch = watch_of(path)
    today = datetime.now(ZoneInfo(watch.timezone)).date()
    try:
        targets_file.confirm(path, _chosen(watch, (site,), None)[0].site.id, by, today)
    except targets_file.TargetsError as error:
        wrong_targets(path, error)
    cli_accounts.record(db, Act.CONFIRMED, site, by)
    click.echo(f"已写入 {path}：{by} 确认可以访问 {site}。")


@main.command()
@option_db
@click.argument("host", required=False)
@click.option("--all", "everywhere", is_flag=True, help="所有主机。")
@click.option("--by", help="要求停止的人。")
@click.option("--why", default="", help="理由。")
@click.option("--lift", is_flag=True, help="解除停止。")
def stop(db: Path, host: str | None, everywhere: bool, by: str | None, why: str, lift: bool) -> None:
    """紧急停止访问一个主机或全部主机。

    几秒内生效，正在进行的检测也会停下，直到用 --lift 解除。不带参数时列出现有的停止。
    """
    from auditor import stops

    path = stops.beside(db)
    if not host and not everywhere:
        if by or lift:
            wrong("请写明主机名，或者用 --all 表示全部。")
        click.echo(stops_text(stops.read(path)))
        return
    meant = stops.EVERYWHERE if everywhere else stops.named(host or "")
    if not meant or (host and everywhere):
        wrong("主机名和 --all 只能写一样。" if everywhere else f"{host} 不是主机名，例如 www.example.gov.cn。")
    try:
        if lift:
            gone = stops.lift(path, meant)
            cli_accounts.record(db, Act.STOP_LIFTED, meant, by or "")
            click.echo(_lifted(meant, len(gone), [stop.host for stop in stops.read(path) if stops.applies(stop, meant)]))
            return
        if not by:
            wrong("请用 --by 写明要求停止的人。")
        stops.add(path, Stop(host=meant, by=by, why=why, since=datetime.now(UTC)))
        cli_accounts.record(db, Act.STOPPED, meant, f"{by}：{why}")
    except OSError as error:
        failed(f"写不了文件 {path}：{error.strerror}")
    again = "--all" if meant == stops.EVERYWHERE else f"'{meant}'" if "*" in meant else meant
    click.echo(f"已停止访问：{_place(meant)}。正在进行的检测几秒内停止。解除：auditor stop --lift {again}")
    if not db.exists():
        click.echo(f"停止已写入 {path}，但那里没有数据库 {db.name}：只有使用这个数据库的检测才会停下，请核对 --db。", err=True)


def _lifted(host: str, gone: int, still: Sequence[str]) -> str:
    """What is told after `stop --lift`; `still` are the stops in force that the host is meant by."""
    wider = f"“{'”、“'.join(map(_place, dict.fromkeys(still)))}”的停止仍在生效。"
    if gone:
        rest = wider if still else "正在检测的网站这一轮不再恢复，此后开始的照常访问。"
        return f"已解除 {gone} 项停止。{rest}"
    return f"{_place(host)} 没有单独的停止；{wider}" if still else f"{_place(host)} 没有被停止。"


def _place(host: str) -> str:
    return "全部主机" if host == "*" else host


@main.command()
@option_db
@click.argument("site")
@click.option("--from", "since", metavar="轮次", help="较早的一次检测；不写则为再前一次有指数的检测。")
@click.option("--to", "until", metavar="轮次", help="较晚的一次检测；不写则为最近一次有指数的检测。")
@option_json
def explain(db: Path, site: str, since: str | None, until: str | None, as_json: bool) -> None:
    """说明一个网站的无障碍指数在两次检测之间为什么变动。"""
    from auditor.explaining import explained
    from checks import judge

    try:
        with reading(db) as store:
            move = explained(store, site, judge.counting(), since=since, until=until)
    except StoreError as error:
        failed(str(error))
    if move is None:
        failed(f"网站 {site} 没有两次可以比较的检测（至少要有两次给出了无障碍指数）。")
    click.echo(json_text(move_json(move)) if as_json else move_text(move))


@main.command()
@option_targets
@option_db
@click.argument("site")
@click.argument("group")
@click.option(
    "--as", "verdict", type=click.Choice([verdict.value for verdict in Verdict]), required=True, help="决定：确认属实、接受、误报或豁免。"
)
@click.option("--by", required=True, help="作出决定的人。")
@click.option("--why", required=True, help="理由。")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="有效期，到这一天为止。")
def decide(path: Path, db: Path, site: str, group: str, verdict: str, by: str, why: str, until: datetime | None) -> None:
    """对一组障碍作出决定；GROUP 是报告中的编号（可以只写前几位）。"""
    watch_of(path)
    with writing(db) as store:
        groups = sorted({issue.group for issue in store.issues(site) if issue.group.startswith(group)})
        if len(groups) != 1:
            wrong(f"网站 {site} 中{'有多组' if groups else '没有'}编号以 {group} 开头的障碍。")
        expires = until.date() if until else None
        decision = Decision(site=site, group=groups[0], verdict=Verdict(verdict), by=by, why=why, made=datetime.now(UTC), until=expires)
        with store.writing():
            store.decide(decision)
            LogBook(store).record(cli_accounts.here(), Act.DECIDED, f"{site} {group_number(groups[0])}", f"{verdict}，{by}：{why}")
    click.echo(f"已记录：{site} 的障碍 {group_number(groups[0])}，{by}。")


@main.command()
@option_targets
@option_db
def doctor(path: Path, db: Path) -> None:
    """检查本机、网站清单和数据库缺少什么，并说明如何补上。"""
    from auditor.doctor import examine
    from auditor.doctor_data import examine_data

    missing = False
    for found in (*examine(db.parent), *examine_data(path, db, datetime.now(UTC))):
        mark = "正常" if found.ok else ("缺少" if found.needed else "建议")
        click.echo(f"[{mark}] {found.name}：{found.found}")
        if not found.ok:
            click.echo(f"       {found.advice}")
            missing |= found.needed
    sys.exit(NOTHING if missing else OK)


@main.command()
@click.option("--level", type=click.Choice([level.value for level in Level]), help="只列出这一等级及以下的规则。")
@option_json
def rules(level: str | None, as_json: bool) -> None:
    """列出检测规则。"""
    from auditor.plain import to_plain
    from checks import judge

    wanted = judge.asked(Level(level) if level else None)
    if as_json:
        click.echo(json.dumps([to_plain(judge.rules()[rule]) for rule in wanted], ensure_ascii=False, indent=2))
        return
    for rule in (judge.rules()[name] for name in wanted):
        click.echo(f"{rule.id}　{'、'.join(rule.criteria) or '良好做法'}　{rule.title}")


for command in (
    cli_accounts.user, cli_accounts.log, cli_export.export, cli_care.backup, cli_care.restore, cli_care.retention, cli_cases.case,
    cli_install.deploy, cli_install.sbom, cli_notify.notify, cli_rollup.rollup,
):  # fmt: skip
    main.add_command(command)


# ---------------------------------------------------------------------------------------------- shared by the commands


def _chosen(watch: Watch, sites: Sequence[str], profile: str | None) -> list[Target]:
    """The enabled targets, or exactly those named."""
    known = {target.site.id: target for target in watch.targets}
    for site in sites:
        if site not in known:
            wrong(f"网站清单中没有 {site}。")
    chosen = [known[site] for site in dict.fromkeys(sites)] if sites else [target for target in watch.targets if target.enabled]
    return [replace(target, profile=Profile(profile)) for target in chosen] if profile else chosen


def _unconfirmed(watch: Watch) -> list[Target]:
    from auditor.audit import may_visit

    return [target for target in watch.targets if target.enabled and not may_visit(target, watch.network)]


def _say_unconfirmed(watch: Watch, chosen: Sequence[Target]) -> None:
    names = [target.site.id for target in _unconfirmed(watch) if target.site.id in {item.site.id for item in chosen}]
    if names:
        click.echo(f"有 {len(names)} 个网站尚未确认，没有访问。取得授权后运行：auditor confirm {names[0]} --by 姓名", err=True)
