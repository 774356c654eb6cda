"""The commands for cases (督办): 通报, 已读, 催办, 延期, 复测, 申诉, 销号, 移送."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from auditor import cases as rules
from auditor.cli_shared import Group, failed, option_db, option_json, option_targets, reading, watch_of, writing, wrong
from auditor.model import Case, CaseEvent, CaseState, CaseStep, Party, Watch
from auditor.store import Store, StoreError

option_by = click.option("--by", required=True, help="由谁来做：姓名或单位。")
option_why = click.option("--why", required=True, help="理由。")
argument_case = click.argument("case", metavar="案件")


def option_party(step: CaseStep) -> Callable[[Any], Any]:
    """Who acts; only those who may do it."""
    parties = [party for party in rules.ROLES[step] if party is not Party.SERVICE]
    names = "、".join(f"{party.value} {rules.PARTY_NAMES[party]}" for party in parties)
    choice = click.Choice([party.value for party in parties])
    return click.option("--as", "party", type=choice, default=parties[0].value, show_default=True, help=f"以谁的身份：{names}。")


@click.group(cls=Group)
def case() -> None:
    """督办案件：通报、已读、催办、复测、申诉、销号、移送。

    做过的事只增加，不修改。每一步都要写明由谁做、为什么。
    """


@case.command("open")
@option_targets
@option_db
@click.argument("site")
@click.option("--group", "groups", multiple=True, metavar="编号", help="一组障碍在报告中的编号，可以只写前几位，可以写多次。")
@click.option("--complaint", default="", help="由投诉举报引起的，写明投诉的内容；这时可以不写 --group。")
@click.option("--days", type=click.IntRange(1, rules.LONGEST), default=30, show_default=True, help="整改期限的天数，从第二天算起。")
@option_by
@option_why
@option_party(CaseStep.OPEN)
def open_case(path: Path, db: Path, site: str, groups: Sequence[str], complaint: str, days: int, by: str, why: str, party: str) -> None:
    """通报：就一个网站的障碍立案，写明整改期限。"""
    from auditor.casework import tell
    from auditor.store_cases import Cases

    watch, now = watch_of(path), datetime.now(UTC)
    if site not in {target.site.id for target in watch.targets}:
        wrong(f"网站清单中没有 {site}。")
    with writing(db) as store:
        whole = _groups(store, site, groups)
        event = CaseEvent(
            at=now, step=CaseStep.OPEN, by=by, party=Party(party), why=why, groups=tuple(whole), issues=whole, complaint=complaint,
            days=days,
        )  # fmt: skip
        made = _allowed(lambda: Cases(store, watch.timezone).open(site, event))
        tell(watch, store, made, CaseStep.OPEN, now)
    _send(watch, db)
    click.echo(f"已立案：{made.id}，{site}，整改期限到 {made.deadline.isoformat()} 为止。")


def _step(name: str, step: CaseStep, words: str, *options: Callable[[Any], Any], why: bool = True) -> None:
    """One command for one step; what its own options say goes into the event as it is."""

    def command(path: Path, db: Path, case: str, by: str, party: str, **more: Any) -> None:
        event = CaseEvent(at=datetime.now(UTC), step=step, by=by, party=Party(party), **more)
        _act(path, db, case, event)

    command.__doc__ = words
    made: Any = command
    for option in (*options, option_party(step), *([option_why] if why else []), option_by, argument_case, option_db, option_targets):
        made = option(made)
    case.command(name)(made)


_step("read", CaseStep.READ, "已读：主办单位收到了通报，或者残联代录回执。", why=False)
_step("remind", CaseStep.REMIND, "催办。")
_step(
    "extend", CaseStep.EXTEND, "延期：在原来的期限（已过期的在今天）之后增加天数。",
    click.option("--days", type=click.IntRange(1, rules.LONGEST), required=True, help="增加的天数。"),
)  # fmt: skip
_step(
    "transfer", CaseStep.TRANSFER, "移送：期满没有整改的，移送有权处理的机关。",
    click.option("--to", required=True, help="移送给哪个机关。"),
)  # fmt: skip
_step(
    "decide", CaseStep.DECIDE, "申诉决定：成立的，有关障碍从案件中撤销；申诉所用的天数不计入期限。",
    click.option("--upheld/--rejected", required=True, help="成立，或者不成立。"),
)  # fmt: skip


@case.command("dispute")
@option_targets
@option_db
@argument_case
@click.option("--group", "groups", multiple=True, metavar="编号", help="有异议的一组障碍，可以写多次；不写则为案件的全部。")
@option_by
@option_why
@option_party(CaseStep.DISPUTE)
def dispute(path: Path, db: Path, case: str, groups: Sequence[str], by: str, why: str, party: str) -> None:
    """申诉：主办单位对通报有异议。"""
    watch = watch_of(path)
    known = _found(watch, db, case).groups
    whole = tuple(_one(group, known, f"案件 {case}") for group in groups)
    _act(path, db, case, CaseEvent(at=datetime.now(UTC), step=CaseStep.DISPUTE, by=by, party=Party(party), why=why, groups=whole))


@case.command("retest")
@option_targets
@option_db
@argument_case
@option_by
@option_why
@option_party(CaseStep.RETEST)
def retest(path: Path, db: Path, case: str, by: str, why: str, party: str) -> None:
    """复测：按最近一次检测的结果，看案件中的障碍是否消除。

    检测本身用 auditor run --site 启动；每晚的检测之后也会自动复测。
    """
    from auditor.casework import retested, tell

    watch, now = watch_of(path), datetime.now(UTC)
    bare = CaseEvent(at=now, step=CaseStep.RETEST, by=by, party=Party(party), why=why)
    with writing(db) as store:
        made = _allowed(lambda: retested(watch, store, case, bare))
        tell(watch, store, made, CaseStep.RETEST, now)
    _send(watch, db)
    click.echo(_summary(made))


@case.command("close")
@option_targets
@option_db
@argument_case
@click.option("--satisfied/--dissatisfied", default=None, help="投诉人对答复满意，或者不满意；没有回访的不写。")
@option_by
@option_why
@option_party(CaseStep.CLOSE)
def close(path: Path, db: Path, case: str, satisfied: bool | None, by: str, why: str, party: str) -> None:
    """销号：障碍都已消除、申诉成立或者投诉已经答复的，结案。"""
    _act(path, db, case, CaseEvent(at=datetime.now(UTC), step=CaseStep.CLOSE, by=by, party=Party(party), why=why, satisfied=satisfied))


@case.command("list")
@option_targets
@option_db
@click.option("--site", "site", metavar="ID", help="只列出这个网站的案件。")
@click.option("--open", "only_open", is_flag=True, help="只列出没有销号的。")
@option_json
def list_cases(path: Path, db: Path, site: str | None, only_open: bool, as_json: bool) -> None:
    """列出案件，以及今天应当催办、复测的。"""
    from auditor.casework import to_do
    from auditor.plain import to_plain
    from auditor.store_cases import Cases
    from auditor.telling import json_text

    watch = watch_of(path)
    with reading(db) as store:
        found = [one for one in Cases(store, watch.timezone).all(site) if not only_open or one.state is not CaseState.CLOSED]
    today = to_do(found, watch.timezone, datetime.now(UTC))
    if as_json:
        click.echo(json_text([{**to_plain(one), "waits": today.get(one.id)} for one in found]))
        return
    for one in found:
        click.echo(_summary(one))
        if one.id in today:
            click.echo(f"    待办：{today[one.id]}")


@case.command("letter")
@option_targets
@option_db
@argument_case
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写入的文件，如 通知.docx。")
def letter(path: Path, db: Path, case: str, output: Path) -> None:
    """起草一个案件给主办单位的整改通知（DOCX）：写明还没有修复的障碍和期限，文号、印章等由人填写。

    已有的文件不覆盖。
    """
    from auditor.casework import letter as drafted
    from auditor.publish import read_history

    watch = watch_of(path)
    found = _found(watch, db, case)
    with reading(db) as store:
        alone = tuple(target for target in watch.targets if target.site.id == found.site)
        content = drafted(read_history(replace(watch, targets=alone), store), found)
    if content is None:
        failed(f"案件 {case} 现在没有可以写进通知的障碍，没有写出文件。")
    try:
        with output.open("xb") as file:
            file.write(content)
    except FileExistsError:
        failed(f"{output} 已经存在，可能有人填写过，没有覆盖；请换一个文件名。")
    except OSError as error:
        failed(f"写不了文件 {output}：{error.strerror}")
    click.echo(f"已写入 {output}。")


# ---------------------------------------------------------------------------------------------- shared by the commands


def _act(path: Path, db: Path, id: str, event: CaseEvent) -> None:
    """Enter an event, tell whom it concerns, and say where the case stands."""
    from auditor.casework import tell
    from auditor.store_cases import Cases

    watch = watch_of(path)
    with writing(db) as store:
        made = _allowed(lambda: Cases(store, watch.timezone).act(id, event))
        tell(watch, store, made, event.step, event.at)
    _send(watch, db)
    click.echo(_summary(made))


def _allowed(work: Callable[[], Case]) -> Case:
    try:
        return work()
    except (rules.NotAllowed, StoreError) as error:
        failed(str(error))


def _found(watch: Watch, db: Path, id: str) -> Case:
    from auditor.store_cases import Cases

    with reading(db) as store:
        return _allowed(lambda: Cases(store, watch.timezone).get(id))


def _groups(store: Store, site: str, asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The whole names of groups of a site -> the ids of their issues that stand."""
    standing = store.issues(site, standing=True)
    known = tuple(dict.fromkeys(issue.group for issue in standing))
    whole = [_one(group, known, f"网站 {site} 尚未消除的障碍") for group in asked]
    return {group: tuple(issue.id for issue in standing if issue.group == group) for group in whole}


def _one(asked: str, known: Sequence[str], where: str) -> str:
    found = [group for group in known if group.startswith(asked)]
    if len(found) != 1:
        wrong(f"{where}中{'有多组' if found else '没有'}编号以 {asked} 开头的。")
    return found[0]


def _send(watch: Watch, db: Path) -> None:
    from auditor.cli_notify import send_after_round

    send_after_round(watch, db)


def _summary(one: Case) -> str:
    """A case on one line."""
    about = f"障碍 {len(one.groups)} 组，没有查实修复 {len(one.standing)} 组" if one.groups else "投诉举报"
    state = f"{rules.STATE_NAMES[one.state]}（{rules.ENDING_NAMES[one.ending]}）" if one.ending else rules.STATE_NAMES[one.state]
    return f"{one.id}　{one.site}　{state}　期限 {one.deadline.isoformat()}　{about}"
