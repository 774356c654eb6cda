"""What forms answer when they are left empty or filled in wrongly, and what choosing, typing and pasting do. Nothing leaves the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.probes.forms_hold import Held, held
from checks.probes.forms_script import FIND, WATCH
from checks.probes.scenes import keep_row

NAME = "forms"
FORMS = 3
SECONDS = 32.0  # after which nothing new is begun
CONTEXT = frozenset({"navigate", "open", "submit"})
"""What was held back that would have changed the context; a mere request of a script is none."""

CODE = "1357"
MAIL, OTHER = "a@", "123"
"""What is filled in: it belongs to nobody."""

ANSWERED = "1：什么都没有填就提交之后的画面；2：填错之后再提交的画面（试用时没有真的提交）"

COPY = """(() => {
  const held = auditorHeldForms, made = document.createElement("textarea");
  made.value = "x"; document.body.append(made); made.focus({ preventScroll: true }); made.select();
  held.copy = %s; const done = document.execCommand("copy"); held.copy = null;
  globalThis.auditorProbe = made;
  made.value = "";
  return done;
})()"""
PASTED = """(() => {
  const made = globalThis.auditorProbe, words = made.value;
  made.remove();
  delete globalThis.auditorProbe;
  return words;
})()"""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was found (`forms_script.FIND`) and what happened with it; empty where the page has nothing to fill in or choose.

    "inputs": those that navigated, opened or sent something, twice; "pastes": what a paste by keyboard did; "codes": the same for a code
    in single boxes; "forms": each with its "runs": what came after pressing the button with nothing filled in, and with wrong values.
    """
    found = await driver.evaluate(FIND)
    told: dict[str, Any] = {"forms": [], "inputs": [], "pastes": [], "codes": [], "cut": bool(found["cut"])}
    forms = [form for form in found["forms"] if form["button"]]
    if not (forms or found["inputs"] or found["pastes"] or found["codes"]):
        return told
    async with held(driver) as hold:
        trial = _Trial(driver, hold)
        if found["inputs"]:
            told["inputs"] = await trial.choose(found["inputs"])
        if found["pastes"] or found["codes"]:
            told["pastes"], told["codes"] = await trial.paste(found["pastes"], found["codes"])
        for number, form in enumerate(forms):
            if number >= FORMS or trial.late:
                trial.cut = True
                break
            told["forms"].append({**form, "runs": await trial.send(form)})
        told["cut"] = told["cut"] or trial.cut
    return told


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=40.0)


class _Trial:
    """The trials on one page, in which nothing leaves."""

    def __init__(self, driver: Driver, hold: Held) -> None:
        self.driver = driver
        self.hold = hold
        self.cut = False
        self._fresh = True  #: nobody has touched the page since it was loaded
        self._until = asyncio.get_running_loop().time() + SECONDS

    @property
    def late(self) -> bool:
        """Whether nothing new should be begun."""
        return asyncio.get_running_loop().time() > self._until

    async def load(self, elements: Sequence[Mapping[str, Any]], *, gets: bool = True) -> list[bool]:
        """A page nobody has touched, ready to be tried; whether each element stands there as it was found."""
        if not self._fresh:
            await self.hold.block(())
            await self.driver.reload()
        self._fresh = False
        await self.driver.evaluate(WATCH)
        met = await self.do(f"keep({json.dumps([one['place'] for one in elements])})")
        await self.hold.arm(gets=gets)
        pairs = zip(elements, met, strict=True)
        return [now is not None and now["tag"] == one["tag"] and now["attributes"] == one["attributes"] for one, now in pairs]

    async def do(self, what: str) -> Any:
        """The value of a call to `auditorForms`."""
        return await self.driver.evaluate(f"auditorForms.{what}")

    # ------------------------------------------------------------------------------------------ choosing and typing

    async def choose(self, inputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Those inputs that changed the context when they were changed, on each of two loads."""
        first = await self._chosen(inputs, 0.12)
        if not first:
            return []
        following = [*inputs[1:], {"told": {"place": ""}}]  # what came late was taken for the next one's
        again = [one for one, after in zip(inputs, following, strict=True) if {one["told"]["place"], after["told"]["place"]} & set(first)]
        second = await self._chosen(again, 0.5, control=True)
        return [{**one, "did": second[one["told"]["place"]]} for one in again if one["told"]["place"] in second]

    async def _chosen(self, inputs: Sequence[Mapping[str, Any]], rest: float, *, control: bool = False) -> dict[str, Any]:
        """Place -> what was held back within `rest` seconds; `control`: and not in the same time before."""
        found: dict[str, Any] = {}
        met = await self.load([one["told"] for one in inputs])
        for one, there in zip(inputs, met, strict=True):
            place = one["told"]["place"]
            if not there or not await self.do(f"focus({json.dumps(place)})"):
                continue
            await asyncio.sleep(rest if control else 0)
            if self._context(await self.hold.taken()) and control:
                continue
            for _ in range(2 if one["kind"] == "select" else 1):
                await self._change(one)
                await asyncio.sleep(rest)
                if did := self._context(await self.hold.taken()):
                    found[place] = did[0]
                    break
        return found

    @staticmethod
    def _context(taken: tuple[list[list[str]], list[list[str]]]) -> list[list[str]]:
        return [entry for entry in taken[0] if entry[0] in CONTEXT]

    async def _change(self, one: Mapping[str, Any]) -> None:
        if one["kind"] == "select":
            await self.driver.press("ArrowUp" if one["last"] else "ArrowDown")
        elif one["kind"] == "text":
            await self.driver.write("1")
            await self.driver.press("Tab")
        else:
            await self.driver.press("Space")

    # ------------------------------------------------------------------------------------------ pasting

    async def paste(
        self, pastes: Sequence[Mapping[str, Any]], codes: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What came of pasting; only what two loads agree about is told, nothing where even our own field could not be pasted into."""
        runs = [await self._pasted(pastes, codes)]
        if any(not one.get("took", True) for one in runs[0][0]) or any(one["filled"] < len(one["boxes"]) for one in runs[0][1]):
            runs.append(await self._pasted(pastes, codes))
        both = ([one for one in kind if all(one in other for other in others)]
                for kind, others in zip(runs[0], zip(*runs, strict=True), strict=True))  # fmt: skip
        fields, boxes = both
        return fields, boxes

    async def _pasted(
        self, pastes: Sequence[Mapping[str, Any]], codes: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        every = [one["told"] for one in pastes] + [box for one in codes for box in one["boxes"]]
        met = dict(zip((one["place"] for one in every), await self.load(every), strict=True))
        await self.hold.own(COPY % json.dumps(CODE))
        await self.driver.press("Control+v")
        if await self.hold.own(PASTED) != CODE:
            return [], []
        fields = [await self._into(one) for one in pastes if met[one["told"]["place"]]]
        boxes = []
        for one in codes:
            if all(met[box["place"]] for box in one["boxes"]):
                boxes.append({**one, "filled": await self._spread([box["place"] for box in one["boxes"]])})
        return [one for one in fields if one], [one for one in boxes if one["filled"] is not None]

    async def _into(self, one: Mapping[str, Any]) -> dict[str, Any]:
        place = json.dumps(one["told"]["place"])
        await self.do(f"clear({place})")
        if not await self.do(f"focus({place})"):
            return {}
        before = await self.do("pasted")
        await self.driver.press("Control+v")
        after = await self.do("wait(120).then(() => auditorForms.pasted)")
        if await self.do(f"value({place})"):
            return {**one, "took": True}
        await self.driver.write(CODE)
        typed = await self.do(f"wait(60).then(() => auditorForms.value({place}))")
        return {**one, "took": False, "typed": bool(typed), "stopped": after["stopped"] > before["stopped"]}

    async def _spread(self, places: Sequence[str]) -> int | None:
        """How many of the boxes hold something after a code as long as they are many was pasted into the first."""
        code = (CODE * 2)[: len(places)]
        await self.hold.own(COPY % json.dumps(code))
        await self.hold.own(PASTED)
        for place in places:
            await self.do(f"clear({json.dumps(place)})")
        if not await self.do(f"focus({json.dumps(places[0])})"):
            return None
        await self.driver.press("Control+v")
        values = await self.do(f"wait(300).then(() => {json.dumps(list(places))}.map(auditorForms.value))")
        return sum(1 for value in values if value)

    # ------------------------------------------------------------------------------------------ sending

    async def send(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What followed on one load, and on a second one where anything followed: empty, then with wrong values."""
        runs: list[dict[str, Any]] = []
        for _ in range(2):
            if self.late:
                self.cut = True
                break
            run = await self._sent(form)
            if not run:
                break
            runs.append(run)
            if not _eventful(run):
                break
        return runs

    async def _sent(self, form: Mapping[str, Any]) -> dict[str, Any]:
        met = await self.load([form["told"], form["button"], *form["fields"]], gets=form["search"])
        if not all(met):
            return {}
        await self.do("quieten()")
        empty = await self._pressed(form)
        shots = [await self._shot()]
        blurred, jumps = await self._filled(form)
        told = {"empty": empty, "blurred": blurred, "wrong": await self._pressed(form), "jumps": jumps}
        if _eventful(told):
            places = [form["told"]["place"], form["button"]["place"], *(field["place"] for field in form["fields"])]
            keep_row(self.driver, [*shots, await self._shot()], ANSWERED, places)
        return told

    async def _shot(self) -> bytes:
        with suppress(NotAnswered):
            return await self.driver.shot()
        return b""

    async def _pressed(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What came of pressing the button."""
        button = json.dumps(form["button"]["place"])
        await self.hold.taken()
        aim = await self.do(f"aim({button})")
        await self._begin(form)
        if aim:
            await self.driver.click(*aim)
        else:
            await self.do(f"press({button})")
        return await self._end(350, 1800)

    async def _filled(self, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[list[Any]]]:
        """What came of filling the fields wrongly, one after the other, and which of them changed the context when it was left."""
        jumps: list[list[Any]] = []
        await self.hold.taken()
        await self._begin(form)
        for number, field in enumerate(form["fields"]):
            place = json.dumps(field["place"])
            if field["kind"] == "select" or self.late or not await self.do(f"clear({place}) || auditorForms.focus({place})"):
                continue
            await self.driver.write(MAIL if field["kind"] == "email" or "mail" in field["marks"].lower() else OTHER)
            await self.driver.press("Tab")
            did = (await self.hold.taken(said=False))[0]
            jumps += [[number, *entry] for entry in did if entry[0] in CONTEXT][:1]
        return await self._end(150, 1200), jumps

    async def _begin(self, form: Mapping[str, Any]) -> None:
        places = json.dumps([one["place"] for one in form["fields"]])
        await self.do(f"begin({json.dumps(form['told']['place'])}, {places}, {json.dumps(form['button']['place'])})")

    async def _end(self, least: int, most: int) -> dict[str, Any]:
        try:
            seen: dict[str, Any] = await self.do(f"end({least}, {most})")
        except NotAnswered:  # the page has gone after all
            self.cut = True
            return {"focus": "", "texts": [], "native": [], "fields": [], "did": [], "said": [], "lost": True}
        did, said = await self.hold.taken()
        return {**seen, "did": did, "said": said}


def _eventful(run: Mapping[str, Any]) -> bool:
    steps = (run["empty"], run["blurred"], run["wrong"])
    return bool(run["jumps"]) or any(step["texts"] or step["said"] or step["fields"] for step in steps)
