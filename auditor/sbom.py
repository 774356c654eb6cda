"""Says what an installation is made of: a software bill of materials in CycloneDX 1.6, from what is installed and what was locked."""

from __future__ import annotations

import json
import platform
import re
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from checks.axe.source import axe_digest, axe_version

OURS = "portal-auditor"
OPTIONAL = frozenset({"cluster", "ocr"})  # extras that an installation may have


def bill(lock: str, now: datetime) -> dict[str, Any]:
    """The bill as plain JSON data. `lock` is the text of requirements.lock, "" where it is not at hand.

    Only what runs is listed: this program, all that it requires here, axe-core, Python and SQLite; beside each package, whether it is the
    locked one, and the locked digests. The same installation gives the same serial number.
    """
    found = _required(OURS)
    locked = _locked(lock)
    parts = [_component(one.installed, locked) for name, one in sorted(found.items()) if name != OURS]
    parts += [
        {"type": "library", "bom-ref": "axe-core", "name": "axe-core", "version": axe_version(),
         "purl": f"pkg:npm/axe-core@{axe_version()}", "hashes": [{"alg": "SHA-256", "content": axe_digest()}],
         "licenses": [{"license": {"id": "MPL-2.0"}}]},
        {"type": "platform", "bom-ref": "python", "name": platform.python_implementation(), "version": platform.python_version()},
        {"type": "library", "bom-ref": "sqlite", "name": "SQLite", "version": sqlite3.sqlite_version},
    ]  # fmt: skip
    ours = found[OURS].installed
    main = {"type": "application", "bom-ref": OURS, "name": OURS, "version": ours.version, "licenses": _licences(ours)}
    leads = [{"ref": _reference(one.installed), "dependsOn": sorted(_leads(one, found))} for one in found.values()]
    told: dict[str, Any] = {"components": parts, "dependencies": sorted(leads, key=lambda one: str(one["ref"]))}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([main, told], sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}", "version": 1,
        "metadata": {"timestamp": now.astimezone(UTC).isoformat(timespec="seconds"), "component": main}, **told,
    }  # fmt: skip


def own_lock() -> Path | None:
    """The file requirements.lock beside this program, where it runs from a clone of its repository."""
    beside = Path(__file__).resolve().parent.parent / "requirements.lock"
    return beside if beside.is_file() else None


@dataclass(frozen=True, kw_only=True)
class _Package:
    """A package that is installed here, and the extras of it that somebody asks for."""

    installed: Distribution
    extras: frozenset[str]

    @property
    def needs(self) -> tuple[Requirement, ...]:
        """What it requires on this machine."""
        asked = [Requirement(text) for text in self.installed.requires or ()]
        return tuple(
            each for each in asked if each.marker is None or any(each.marker.evaluate({"extra": one}) for one in ("", *self.extras))
        )


def _required(name: str) -> dict[str, _Package]:
    """Everything that a package requires on this machine, itself among it."""
    found: dict[str, _Package] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(name, OPTIONAL)]
    while waiting:
        wanted, extras = waiting.pop()
        known = found.get(wanted)
        if known and extras <= known.extras:
            continue
        try:
            found[wanted] = _Package(installed=distribution(wanted), extras=extras | (known.extras if known else frozenset()))
        except PackageNotFoundError:
            continue  # of an extra that is not installed
        waiting += [(canonicalize_name(each.name), frozenset(each.extras)) for each in found[wanted].needs]
    return found


def _leads(one: _Package, found: Mapping[str, _Package]) -> set[str]:
    names = {str(canonicalize_name(each.name)) for each in one.needs}
    return {_reference(found[name].installed) for name in names & found.keys()}


def _component(one: Distribution, locked: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    version, digests = locked.get(canonicalize_name(one.metadata["Name"]), ("", ()))
    state = "same" if version == one.version else f"locked {version}" if version else "not locked"
    properties = [{"name": "portal-auditor:lock", "value": state}]
    properties += [{"name": "portal-auditor:lock:sha256", "value": digest} for digest in digests]
    return {
        "type": "library", "bom-ref": _reference(one), "name": one.metadata["Name"], "version": one.version, "purl": _reference(one),
        "licenses": _licences(one), "properties": properties,
    }  # fmt: skip


def _reference(one: Distribution) -> str:
    name = canonicalize_name(one.metadata["Name"])
    return OURS if name == OURS else f"pkg:pypi/{name}@{one.version}"


def _licences(one: Distribution) -> list[dict[str, Any]]:
    """An SPDX expression where the package states one, else its own words."""
    told: Message = one.metadata  # type: ignore[assignment]  # importlib.metadata hands out a Message and says less of it
    if expression := told.get("License-Expression"):
        return [{"expression": expression}]
    marks = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier") or () if text.startswith("License :: OSI")]
    words = (told.get("License") or "").strip().partition("\n")[0][:100]
    return [{"license": {"name": name}} for name in (marks or ([words] if words else []))]


def _locked(lock: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name -> version and digests, as requirements.lock has them for this machine."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for entry in re.split(r"\n(?=\S)", lock):
        told = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s\\;]+)(?: *; *([^\\\n]+))?", entry)
        if told and (told[3] is None or Marker(told[3].strip()).evaluate()):
            found[str(canonicalize_name(told[1]))] = told[2], tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found
