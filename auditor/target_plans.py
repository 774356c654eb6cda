"""What may stand under `plan` in targets.yml: plans, their promises, and what people report of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from auditor import model
from auditor.model import Attribute, Category
from auditor.target_values import Day, Id, Indicator, Name, Shape, Texts, Words, in_order, no_repeats, said, web_address
from reports.definitions import definitions

FEDERATION = ("残联", "残疾人联合会")
"""One of these is in the name of everybody who may give a goal its attribute."""

About = Annotated[str, Shape(r"[a-z0-9-]+|IA-([1-9]|1[0-6])", "这里写本规划一项任务的编号，或指标编号 IA-1 到 IA-16。")]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Period = Annotated[list[Day], Field(min_length=2, max_length=2), AfterValidator(in_order)]


class Ruling(Words):
    model_config = ConfigDict(title="属性的依据")
    by: Name = Field(title="设定单位", description="只由残联设定，如 市残联。")
    date: Day = Field(title="设定日期")
    document: Name = Field(title="文号", description="把这项任务定为预期性或约束性指标的文件。")

    @field_validator("by", mode="after")
    @classmethod
    def _of_the_federation(cls, by: str) -> str:
        if not any(word in by for word in FEDERATION):
            raise said("任务的属性只由残联设定，这里请写残联的单位名称，如 市残联。")
        return by


class Goal(Words):
    model_config = ConfigDict(title="规划任务")
    id: Id = Field(title="编号", description="在本规划内不重复。")
    indicator: Indicator | None = Field(
        default=None, title="指标", description="反映这项任务的主要指标 IA-1 到 IA-16；没有指标、只由人工填报进展的写 null。"
    )
    also: Annotated[list[Indicator], AfterValidator(no_repeats)] = Field(
        default=[], title="其他指标", description="也能反映这项任务的指标，如 [IA-6, IA-16]。"
    )
    categories: Annotated[list[Annotated[Category, Field(strict=False)]], AfterValidator(no_repeats)] = Field(
        default=[], title="站点类别", description="任务所说的站点的类别，如 [portal, service]，指标只按这些站点计算；不写表示全部。"
    )
    quote: Name = Field(title="原文", description="规划里的原句，一字不改。")
    source: Name = Field(title="出处", description="原句在规划中的位置，如 三（六）2。")
    lead: str = Field(default="", title="牵头部门", description="规划未写明的留空。")
    participants: Texts = Field(default=[], alias="with", title="参与部门")
    target: Amount | None = Field(
        default=None,
        title="目标值",
        description="只在有文件规定时填写：indicator 要达到的数值，比例和率写百分数，如 100；没有指标的按填报的计量单位。",
    )
    target_document: str = Field(
        default="", title="目标值的文号", description="规定目标值的文件，写了目标值就要写。", validate_default=True
    )
    due: Day | None = Field(default=None, title="完成期限", description="只在有文件规定时填写，如 2025-12-31。")
    attribute: Annotated[Attribute, Field(strict=False)] = Field(
        default=Attribute.NONE, title="属性", description="none、预期性或约束性；只由残联依据文件设定，并在 ruling 里写明。"
    )
    ruling: Ruling | None = Field(
        default=None, title="属性的依据", description="谁在什么时候依据哪份文件设定了属性。", validate_default=True
    )

    @field_validator("also", mode="after")
    @classmethod
    def _besides_the_main_one(cls, also: list[str], told: ValidationInfo) -> list[str]:
        main = told.data.get("indicator", "")
        if also and main is None:
            raise said("只有一个指标时写在 indicator 里。")
        if main in also:
            raise said(f"{main} 已经写在 indicator 里了。")
        return also

    @field_validator("target", mode="after")
    @classmethod
    def _at_most_all_of_them(cls, target: float | None, told: ValidationInfo) -> float | None:
        known = definitions().get(told.data.get("indicator") or "")
        if target is not None and target > 100 and known is not None and known.share:
            raise said(f"{known.id} 是比例，目标值写百分数，不能大于 100。")
        return target

    @field_validator("target_document", mode="after")
    @classmethod
    def _document_of_the_target(cls, document: str, told: ValidationInfo) -> str:
        if told.data.get("target") is not None and not document.strip():
            raise said("写了目标值，就要在 target_document 里写明是哪份文件规定的。")
        return document

    @field_validator("ruling", mode="after")
    @classmethod
    def _ruling_of_the_attribute(cls, ruling: Ruling | None, told: ValidationInfo) -> Ruling | None:
        attribute = told.data.get("attribute", Attribute.NONE)
        if ruling is None and attribute is not Attribute.NONE:
            raise said("属性只由残联设定：请在 ruling 里写明 by（设定单位）、date（日期）和 document（文号）。")
        if ruling is not None and attribute is Attribute.NONE:
            raise said("写了 ruling，却没有写 attribute 是预期性还是约束性。")
        return ruling


class Reported(Words):
    model_config = ConfigDict(title="填报")
    about: About = Field(title="填报对象", description="本规划一项任务的编号，或指标编号 IA-1 到 IA-16。")
    region: Id | None = Field(default=None, title="区划代码", description="只说一个县（市、区）时写，要加引号；全市的不写。")
    period: Period = Field(title="所属时段", description="数值所说的时段，两个日期；全部早于规划期的是基期值。")
    value: Amount | None = Field(default=None, title="数值", description="不能用数表示的不写，改写 said。")
    unit: str = Field(default="", title="计量单位", description="如 %、台、场；写了数值就要写。", validate_default=True)
    said: str = Field(default="", title="进展", description="不能用数表示的进展，或对数值的说明。")
    by: Name = Field(title="填报单位")
    date: Day = Field(title="填报日期")
    evidence: Name = Field(title="证据", description="文件的名称和文号、存放的地方，或网址。")

    @field_validator("unit", mode="after")
    @classmethod
    def _unit_of_the_value(cls, unit: str, told: ValidationInfo) -> str:
        if told.data.get("value") is not None and not unit.strip():
            raise said("写了数值，就要写计量单位，如 %、台、场。")
        return unit

    @field_validator("date", mode="after")
    @classmethod
    def _not_before_its_period(cls, day: Any, told: ValidationInfo) -> Any:
        if (period := told.data.get("period")) and day < period[0]:
            raise said("填报日期早于所属时段的第一天，请核对。")
        return day

    @field_validator("evidence", mode="after")
    @classmethod
    def _address_or_words(cls, evidence: str) -> str:
        return web_address(evidence) if "://" in evidence[:12] else evidence

    @model_validator(mode="after")
    def _says_something(self) -> Reported:
        if self.value is None and not self.said.strip():
            raise said("value（数值）和 said（进展）至少要写一个。")
        return self


class Plan(Words):
    model_config = ConfigDict(title="规划")
    id: Id = Field(title="编号")
    name: Name = Field(title="名称")
    document: str = Field(default="", title="文号")
    period: Period = Field(title="起止日期", description="两个日期，如 [2021-01-01, 2025-12-31]。")
    midterm: Day | None = Field(default=None, title="中期评估的截止日期", description="只在有文件规定时填写。")
    goals: list[Goal] = Field(default=[], title="任务")
    reported: list[Reported] = Field(default=[], title="填报", description="各单位填报的数值和进展，附证据。")

    @field_validator("midterm", mode="after")
    @classmethod
    def _inside_the_period(cls, midterm: Any, told: ValidationInfo) -> Any:
        period = told.data.get("period")
        if midterm and period and not period[0] <= midterm < period[1]:
            raise said("中期评估的截止日期要在规划期之内，早于最后一天。")
        return midterm


def plan(told: Plan) -> model.Plan:
    """The same in the words of the model."""
    return model.Plan(
        id=told.id, name=told.name, document=told.document, period=(told.period[0], told.period[1]), midterm=told.midterm,
        goals=tuple(_goal(goal) for goal in told.goals),
        reported=tuple(model.Reported(**{**dict(one), "period": (one.period[0], one.period[1])}) for one in told.reported),
    )  # fmt: skip


def _goal(goal: Goal) -> model.Goal:
    ruling = model.Ruling(**dict(goal.ruling)) if goal.ruling else None
    lists = {key: tuple(getattr(goal, key)) for key in ("also", "categories", "participants")}
    return model.Goal(**{**dict(goal), **lists, "ruling": ruling})
