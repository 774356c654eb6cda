"""What may stand in targets.yml: the pydantic models, with the Chinese words that editors and complaints show."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from auditor.model import Action, Category, Level, Profile, Scope, Variant
from auditor.target_notices import Notice
from auditor.target_plans import Plan
from auditor.target_values import (
    CLOCK,
    WEEKDAYS,
    Basis,
    Browser,
    Clock,
    Day,
    Finder,
    Id,
    Name,
    Shape,
    Texts,
    Url,
    Whole,
    Words,
    address_and_port,
    contactable,
    host_and_port,
    host_maybe_port,
    known_timezone,
    network,
    no_repeats,
    said,
    starting_time,
    two_times,
    version_one,
    weekly,
)

__all__ = ["WEEKDAYS", "Browser", "Document", "Options", "Plan", "Site", "json_schema", "weekly"]


class Region(Words):
    model_config = ConfigDict(title="区划")
    id: Id = Field(title="区划代码", description="全国行政区划代码，要加引号；没有国家代码的功能区自编代码。")
    name: Name = Field(title="名称")
    parent: Id | None = Field(default=None, title="上级区划代码")
    local: bool = Field(default=False, title="自编代码", description="true 表示代码是自编的，不是国家代码。")
    note: str = Field(default="", title="说明")


class Network(Words):
    model_config = ConfigDict(title="网络")
    user_agent: Annotated[str, AfterValidator(contactable)] = Field(
        title="访问标识", description='附在浏览器 User-Agent 之后，要有联系方式，如 "JiningA11yAudit/1.0 (+https://…; 0537-…)"。'
    )
    resolve: dict[Annotated[str, AfterValidator(host_and_port)], Annotated[str, AfterValidator(address_and_port)]] = Field(
        default={}, title="指定解析", description="把“主机名:端口”指到“IP 地址:端口”，主机名可写成 *.example.gov.cn。"
    )
    allow_private: bool = Field(default=False, title="允许内网地址", description="一般写 false；resolve 里写明的地址不受此限。")
    webdriver: Url | None = Field(
        default=None,
        title="浏览器驱动服务",
        description="只在 browser 是 selenium 时有用：已有的驱动服务的地址；不写则在本机启动驱动。",
    )


class Options(Words):
    model_config = ConfigDict(title="默认设置")
    level: Annotated[Level, Field(strict=False)] = Field(default=Level.AA, title="级别", description="WCAG 2.2 的符合级别：A、AA 或 AAA。")
    profile: Annotated[Profile, Field(strict=False)] = Field(
        default=Profile.FULL, title="检查范围", description="axe 只用 axe；static 加上全部静态检查；full 再加上交互检查。"
    )
    variants: Annotated[list[Annotated[Variant, Field(strict=False)]], Field(min_length=1), AfterValidator(no_repeats)] = Field(
        default=[Variant.DESKTOP],
        title="浏览方式",
        description="desktop 桌面，总是检测，也只有它计入结果；mobile 手机；elder 长者版；toolbar-open 打开工具条；"
        "toolbar-blocked 屏蔽工具条。其他方式只看少数页面，另行列出。",
    )
    finders: Annotated[list[Finder], Field(min_length=1), AfterValidator(no_repeats)] = Field(
        default=["links", "sitemap"], title="网址来源", description="links 跟随链接；sitemap 站点地图；listed 只看 pages 里列出的。"
    )
    scope: Annotated[Scope, Field(strict=False)] = Field(
        default=Scope.SAME_HOSTNAME,
        title="范围",
        description="哪些网址算本站：same-hostname 同一主机名；same-origin 连协议和端口也相同；same-domain 同一域名；all 不限。",
    )
    max_pages: Annotated[int, Field(ge=1, le=100_000)] = Field(default=50, title="每晚页数上限", description="按尝试访问的页面计算。")
    interaction_pages: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=12,
        title="每晚交互检查页数",
        description="用键盘、鼠标试用网站的页面数，同一模板最多 2 页；每页约需半分钟，0 表示不做。检查范围为 full 时有用。",
    )
    documents: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=10,
        title="每晚检查的附件份数",
        description="下载并检查的文档份数（文字、表格、演示和版式文件），每种格式至少一份；0 表示不检查。",
    )
    full_audit_every: Annotated[int, Field(ge=1, le=7)] = Field(
        default=7,
        title="最多隔几晚重新检测",
        description="网页及其样式、脚本没有变化时沿用上次的结果；但最多隔这么多晚也要重新检测一次，各页轮流。1 表示每晚全部重新检测。",
    )
    recheck_percent: Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)] = Field(
        default=5.0, title="抽查百分比", description="没有变化的网页中，每晚随机抽出这么多重新检测，看沿用的结果是否可靠。"
    )
    tabs: Annotated[int, Field(ge=1, le=8)] = Field(default=2, title="同时载入和检测的页面数")
    delay: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = Field(
        default=1.0, title="间隔秒数", description="同一主机上两次打开页面之间至少相隔的秒数。"
    )
    page_seconds: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = Field(
        default=60.0, title="单页限时（秒）", description="一页从打开到检测完最多用的秒数，超过就停止，记为超时。"
    )
    minutes: Annotated[float, Field(gt=0, le=720, allow_inf_nan=False)] | None = Field(
        default=None, title="网站限时（分钟）", description="一个网站每轮最多用的分钟数，到时不再打开新的页面；不写则按页数上限推算。"
    )
    schedule: Annotated[str, AfterValidator(starting_time), Field(json_schema_extra={"pattern": f"^([a-z,-]+ )?{CLOCK}$"})] = Field(
        default="02:00", title="启动时间", description='如 "02:00"（每天）或 "mon-fri 02:00"；星期只写英文缩写。'
    )
    window: Annotated[list[Clock], Field(min_length=2, max_length=2), AfterValidator(two_times)] | None = Field(
        default=["22:00", "06:30"], title="允许访问的时段", description="两个时间，可以跨过午夜；不限时段写 null。"
    )
    browser: Browser = Field(default="playwright", title="浏览器")


class Confirmed(Words):
    model_config = ConfigDict(title="确认")
    by: Name = Field(title="确认人")
    date: Day = Field(title="确认日期")


class Step(Words):
    """One step of a journey: one action with what belongs to it."""

    model_config = ConfigDict(title="步骤")
    open: Name | None = Field(default=None, title="打开", description="网址，或本站内以 / 开头的路径。")
    click: Name | None = Field(default=None, title="点按", description="CSS 选择器，或 text=可见文字；框架里的写成 iframe#a >>> button。")
    fill: Name | None = Field(default=None, title="填写", description="要填写的输入框（CSS 选择器）；内容写在 value 里。")
    press: Name | None = Field(default=None, title="按键", description="如 Enter、Tab、Shift+Tab。")
    wait_for: Name | None = Field(default=None, title="等待出现", description="CSS 选择器、text=文字或 url=网址的一部分。")
    expect: Name | None = Field(default=None, title="应当看到", description="写法同 wait_for；看不到就说明流程没有走通。")
    value: str = Field(default="", title="填写的内容", description="只用测试数据；保密的内容写成 env:NAME，由环境变量提供。")
    name: str = Field(default="", title="这一步到达的页面叫什么")
    submit: bool = Field(default=False, title="允许提交", description="只有写明 true 的 click、press 步骤才会向网站提交数据。")

    @model_validator(mode="after")
    def _one_action(self) -> Step:
        actions = [action for action in Action if getattr(self, action.value) is not None]
        if len(actions) != 1:
            raise said(f"每一步要写且只写一个动作：{'、'.join(Action)}。")
        if (actions[0] is Action.FILL) != ("value" in self.model_fields_set):
            raise said("fill 要用 value 写明填写的内容；其他动作不写 value。")
        if self.submit and actions[0] not in (Action.CLICK, Action.PRESS):
            raise said("submit 只能写在 click 或 press 的步骤里。")
        return self


class Journey(Words):
    model_config = ConfigDict(title="办事流程")
    name: Name = Field(title="名称")
    steps: Annotated[list[Step], Field(min_length=1, max_length=50)] = Field(title="步骤", description="第一步用 open 打开网页。")

    @field_validator("steps", mode="after")
    @classmethod
    def _opens_first(cls, steps: list[Step]) -> list[Step]:
        if steps[0].open is None:
            raise said("第一步要用 open 打开一个网页。")
        names = [step.name for step in steps if step.name]
        if len(set(names)) < len(names):
            raise said("各步骤的 name 不能相同。")
        return steps


class Site(Options):
    model_config = ConfigDict(title="站点")
    id: Id = Field(title="编号", description="一经使用不要更改：历史记录跟着编号走。")
    name: Name = Field(title="名称")
    url: Url = Field(title="网址", description="首页网址。")
    category: Annotated[Category, Field(strict=False)] = Field(
        title="类别",
        description="portal 政府门户；service 服务平台；department 部门；disabled-federation 残联；hospital 医院；school 学校；other 其他",
    )
    region: Id = Field(title="所属区划", description="regions 里的一个代码，要加引号。")
    owner: str = Field(default="", title="主办单位")
    legal_basis: Basis = Field(default="", title="法律依据", description="《无障碍环境建设法》的条和款，如 32-1。")
    enabled: bool = Field(default=True, title="启用")
    confirmed: Confirmed | None = Field(default=None, title="确认", description="确认之前只列出、不访问；由 auditor confirm 填写。")
    include: Texts = Field(default=[], title="只看这些网址", description="可用 * 通配；不写表示范围内全部。")
    exclude: Texts = Field(default=[], title="不看这些网址", description="可用 * 通配。")
    pages: list[Url] = Field(default=[], title="必看网址", description="最先访问的网址。")
    journeys: list[Journey] = Field(default=[], title="办事流程", description="像来办事的人一样一步步操作，每到一处就检测一次。")
    elder: Url | None = Field(
        default=None, title="长者版网址", description="variants 里有 elder 时有用；不写则从首页上的“长者版”“适老版”“关怀版”等入口去找。"
    )
    prerelease: Annotated[list[Annotated[str, AfterValidator(host_maybe_port)]], AfterValidator(no_repeats)] = Field(
        default=[],
        title="预发布主机",
        description="责任人可以在这些主机上作上线前检查，如 a.example.gov.cn 或 a.example.gov.cn:8080；内网地址还要写进 resolve。",
    )
    contact: str = Field(default="", title="联系人")
    note: str = Field(default="", title="说明")


class Retention(Words):
    model_config = ConfigDict(title="保存期限")
    snapshots: Whole = Field(default=90, title="页面快照保存的夜数")
    pictures: Whole = Field(default=90, title="截图保存的夜数", description="问题未解决时一直保存，解决后再保存这么多夜。")


class Service(Words):
    model_config = ConfigDict(title="服务")
    public: bool = Field(default=False, title="公开报告", description="true 表示不登录也能看报告网页；管理页面总要登录。")
    complaints: bool = Field(
        default=False, title="接受投诉", description="true 表示不登录也能反映网站障碍；联系方式另存，办结 30 天后删除，最长保存 365 天。"
    )
    proxies: Annotated[list[Annotated[str, AfterValidator(network)]], AfterValidator(no_repeats)] = Field(
        default=[], title="可信的反向代理", description='IP 地址或网段，如 "10.1.2.3" 或 "10.1.2.0/24"；只采信它们转来的来访地址和用户名。'
    )
    user_header: Annotated[str, Shape(r"([A-Za-z][A-Za-z0-9-]*)?", "请求头的名称只能用英文字母、数字和短横线，如 X-Remote-User。")] = Field(
        default="", title="用户名请求头", description="统一认证的反向代理用哪个请求头告知登录名；不写则不用。"
    )
    contact: str = Field(
        default="", title="对外联系方式", description="受理更正、删除个人信息等申请的单位、电话或邮箱，写在“关于本监测”页上；人人可见。"
    )

    @model_validator(mode="after")
    def _believed(self) -> Service:
        if self.user_header and not self.proxies:
            raise said("写了 user_header 就要写 proxies：只有可信的反向代理才能告知登录名。")
        return self


class Document(Words):
    model_config = ConfigDict(title="targets.yml：检测对象与安排")
    version: Annotated[Literal[1], BeforeValidator(version_one)] = Field(title="格式版本", description="目前是 1。")
    plan: list[Plan] = Field(default=[], title="规划", description="作出承诺的规划，可以有多个，已结束的也可保留。")
    regions: list[Region] = Field(default=[], title="区划")
    network: Network = Field(title="网络")
    timezone: Annotated[str, AfterValidator(known_timezone)] = Field(default="Asia/Shanghai", title="时区")
    defaults: Options = Field(default=Options(), title="默认设置", description="每个站点都可以改写其中任何一项。")
    retention: Retention = Field(default=Retention(), title="保存期限")
    service: Service = Field(default=Service(), title="服务", description="管理页面和报告网页的设置。")
    notices: list[Notice] = Field(default=[], title="通知", description="密钥一律写成 env:NAME，由环境变量提供。")
    sites: list[Site] = Field(title="站点")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of targets.yml for editors, with Chinese titles and descriptions."""
    schema = Document.model_json_schema()
    for part in schema["$defs"].values():
        part.pop("description", None)
        if "enum" in part:
            part.pop("title", None)
    for name in Options.model_fields:  # a site that does not say takes what `defaults` says
        schema["$defs"]["Site"]["properties"][name].pop("default", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
