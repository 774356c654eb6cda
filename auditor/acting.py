"""What people do with the service: each act checks its words, does one thing and leaves a row in the log. Who may, the caller has asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

from auditor import stops
from auditor import targets as targets_file
from auditor.accounts import Account
from auditor.audit import may_visit
from auditor.language import say
from auditor.model import Decision, Stop, Verdict
from auditor.retests import Retest, pages_of
from auditor.service import PAUSE, Reading, Service
from auditor.store_log import Act, Actor, LogBook
from auditor.store_settings import keep_setting
from reports.words import group_number

LONGEST = 1000
FAR = 366 * 3
"""Days for which a decision may hold at most: a barrier that stays for longer is looked at again."""

JUDGING = (Verdict.CONFIRMED, Verdict.FALSE_POSITIVE)
SETTING_ASIDE = (Verdict.ACCEPTED, Verdict.EXEMPT)

BUSY = ("现在正有一次检测在进行，请等它结束后再启动。", "An audit is under way. Please start another once it has ended.")
NOT_NOW = (
    "现在不能复测：夜间检测正在进行，或者等待复测的太多。请稍后再试。",
    "A recheck is not possible now: a nightly audit is under way, or too many rechecks are waiting. Please try again later.",
)
"""Why something cannot be done now, in Chinese and in English."""


class Refused(Exception):
    """An act that was not done: field -> what to mend, as sentences in the language that is told; "" for what belongs to no field."""

    def __init__(self, errors: Mapping[str, str], *, logged: str = "") -> None:
        """`logged`: the same in Chinese, in which the log is kept, where it hears of the failure."""
        self.errors = errors
        super().__init__(logged or "；".join(errors.values()))


def decide(
    service: Service,
    account: Account,
    actor: Actor,
    *,
    site: str,
    group: str,
    verdict: str,
    why: str,
    until: str,
    allowed: Sequence[Verdict],
) -> Decision:
    """Keep somebody's word on a group of barriers. `until`: a date as YYYY-MM-DD or ""; to put off (暂不整改) there has to be one.

    `allowed`: the verdicts that the caller found the account may give.
    """
    errors: dict[str, str] = {}
    chosen = next((one for one in allowed if one.value == verdict), None)
    if chosen is None:
        errors["verdict"] = say("请选择一种决定。", "Please choose a decision.")
    why = words(why, errors)
    last = _last_day(until, service.today(), errors)
    if chosen is Verdict.ACCEPTED and not until.strip():
        errors["until"] = say("暂不整改要写明到哪一天为止。", "Please say until which day the repair is put off.")
    if errors or chosen is None:
        raise Refused(errors)
    decision = Decision(site=site, group=group, verdict=chosen, by=account.title, why=why, made=datetime.now(UTC), until=last)
    with service.write() as store, store.writing():
        if not store.group(site, group):
            told = "This group of barriers is no longer on record. Please open it again from the page of its site."
            raise Refused({"": say("这一组障碍已经不在记录中，请从网站页面重新打开。", told)})
        store.decide(decision)
        told = f"{chosen.value}{f'，至 {last.isoformat()}' if last else ''}：{why}"
        LogBook(store).record(actor, Act.DECIDED, f"{site} {group_number(group)}", told)
    return decision


def run_now(service: Service, actor: Actor, sites: Sequence[str]) -> None:
    """Begin a round over some sites, whatever their window says: whoever does that is present."""
    known = {target.site.id for target in service.watch.targets if target.enabled}
    chosen = [site for site in dict.fromkeys(sites) if site in known]
    if not chosen:
        raise Refused({"site": say("请至少选择一个网站。", "Please choose at least one site.")})
    if service.nights.running:
        raise Refused({"": say(*BUSY)})
    with service.write() as store, LogBook(store).around(actor, Act.RUN, f"{len(chosen)} 个网站", "、".join(chosen)):
        if not service.run_now(chosen):
            raise Refused({"": say(*BUSY)}, logged=BUSY[0])


def retest(service: Service, actor: Actor, site: str, group: str) -> Retest:
    """Have the pages of a group looked at again at once, and the log told what came of it."""
    target = service.target(site)
    if target is None or not may_visit(target, service.watch.network):
        told = "Nobody has confirmed yet that this site may be visited, so it cannot be rechecked."
        raise Refused({"": say("这个网站还没有确认可以访问，不能复测。", told)})
    with service.read() as store:
        issues, night = store.group(site, group), store.under_way()
    pages = pages_of(issues, target)
    if not pages:
        raise Refused({"": say(
            "这一组障碍不能单独复测，要等下一次夜间检测：它要看全站或者其他浏览方式才能判断。",
            "This group cannot be rechecked by itself and has to wait for the next night: it takes the whole site or other versions.",
        )})  # fmt: skip
    about = f"{site} {group_number(group)}"
    if night:
        raise Refused({"": say(
            "夜间检测正在进行，或者中断后等待继续，请等它结束后再复测。",
            "A nightly audit is under way, or waits to go on after an interruption. Please recheck once it has ended.",
        )})  # fmt: skip

    def done(told: str) -> None:
        with service.write() as store:
            LogBook(store).record(actor, Act.RETEST, about, told)

    with service.write() as store, LogBook(store).around(actor, Act.RETEST, about, f"{len(pages)} 页"):
        asked = service.retest(target, group, pages, done)
        if asked is None:
            raise Refused({"": say(*NOT_NOW)}, logged=NOT_NOW[0])
    return asked


def pause(service: Service, actor: Actor, by: str, why: str) -> None:
    """Let no night begin by itself until somebody resumes. A round under way goes on."""
    errors: dict[str, str] = {}
    why = words(why, errors)
    if errors:
        raise Refused(errors)
    with service.write() as store, store.writing() as connection:
        keep_setting(connection, PAUSE, {"since": datetime.now(UTC).isoformat(), "by": by, "why": why})
        LogBook(store).record(actor, Act.PAUSED, "", why)


def resume(service: Service, actor: Actor) -> None:
    """Go by the schedule again, from its next time on."""
    told = service.pause()
    if told is None:
        raise Refused({"": say("计划没有暂停。", "The schedule is not paused.")})
    with service.write() as store, store.writing() as connection:
        keep_setting(connection, PAUSE, {**told, "until": datetime.now(UTC).isoformat()})
        LogBook(store).record(actor, Act.RESUMED)


def stop_host(service: Service, actor: Actor, by: str, host: str, why: str) -> str:
    """Keep away from a host, `*.name` or everything (全部) within seconds; the host as it was understood."""
    errors: dict[str, str] = {}
    meant = stops.named(host)
    if not meant:
        errors["host"] = say(
            "请写一个主机名，例如 www.example.gov.cn；所有主机请写“全部”。",
            "Please enter a host name, such as www.example.gov.cn, or “all” for all hosts.",
        )
    why = words(why, errors)
    if errors:
        raise Refused(errors)
    otherwise = say("停止没有生效", "The stop is not in force")
    with _written(otherwise), service.write() as store, LogBook(store).around(actor, Act.STOPPED, meant, why):
        stops.add(stops.beside(service.db), Stop(host=meant, by=by, why=why, since=datetime.now(UTC)))
    return meant


def lift_stop(service: Service, actor: Actor, host: str) -> None:
    """Take the stops of a host back."""
    file = stops.beside(service.db)
    if host not in {stop.host for stop in stops.read(file)}:
        raise Refused({"": say("这项停止已经不在了。", "This stop is no longer there.")})
    otherwise = say("停止没有解除", "The stop has not been lifted")
    with _written(otherwise), service.write() as store, LogBook(store).around(actor, Act.STOP_LIFTED, host):
        stops.lift(file, host)


def confirm(service: Service, actor: Actor, by: str, site: str, basis: str) -> None:
    """Say that a site may be visited, with the authorisation that it rests on; written into targets.yml, which is read again."""
    errors: dict[str, str] = {}
    needed = "Please enter what this rests on, such as the number of the authorising document, or who agreed and when."
    basis = words(basis, errors, "basis", say("请写明依据，例如授权文件的文号，或者同意的人和日期。", needed))
    target = service.target(site)
    if target is not None and target.confirmed is not None:
        errors[""] = say("这个网站已经确认过了。", "This site has been confirmed already.")
    if errors:
        raise Refused(errors)
    with service.write() as store:
        try:
            with LogBook(store).around(actor, Act.CONFIRMED, site, basis):
                targets_file.confirm(service.path, site, by, service.today())
        except targets_file.TargetsError as error:
            raise Refused({"": error.problems[0].sentence}) from None
    service.reload()


def reload(service: Service, actor: Actor) -> Reading:
    """Read targets.yml again; what was read before stays in force where it has mistakes."""
    reading = service.reload()
    told = f"有 {len(reading.problems)} 处错误，仍按原来的清单" if reading.problems else f"{len(service.watch.targets)} 个网站"
    with service.write() as store:
        LogBook(store).record(actor, Act.RELOADED, service.path.name, told)
    return reading


def words(told: str, errors: dict[str, str], field: str = "why", sentence: str = "", *, needed: bool = True) -> str:
    """What was written into a field, without space around it; `errors` hears of what is needed and not there (`sentence`,
    by itself a wish for a reason) or too long.
    """
    told = told.strip()
    if needed and not told:
        errors[field] = sentence or say("请写明理由。", "Please enter a reason.")
    elif len(told) > LONGEST:
        errors[field] = say(
            f"最多 {LONGEST} 个字，现在有 {len(told)} 个。", f"At most {LONGEST} characters, please; there are {len(told)} now."
        )
    return told


@contextmanager
def _written(otherwise: str) -> Iterator[None]:
    """Refused, with what to do, where the file of the stops cannot be written."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refused({"": say(
            f"{otherwise}：不能写入停止文件（{why}）。请立即联系运行维护人员，检查数据库所在目录的权限和磁盘空间。",
            f"{otherwise}: the file of the stops cannot be written ({why}). Please tell those who run the service at once; "
            "they should look at the permissions and the free space of the folder of the database.",
        )}) from None  # fmt: skip


def _last_day(until: str, today: date, errors: dict[str, str]) -> date | None:
    """The date, None where there is none."""
    if not until.strip():
        return None
    try:
        last = date.fromisoformat(until.strip())
    except ValueError:
        errors["until"] = say("日期要写成“年-月-日”，例如 2027-06-30。", "Please write the date as year-month-day, such as 2027-06-30.")
        return None
    if last < today:
        errors["until"] = say("有效期不能早于今天。", "The last day cannot be before today.")
    elif (last - today).days > FAR:
        told = "A decision holds for three years at most; please decide again after that."
        errors["until"] = say("有效期最长三年，到期后请重新决定。", told)
    return last
