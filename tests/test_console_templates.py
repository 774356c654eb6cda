"""Pages of the console are given what they print, and nothing else."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

from jinja2 import meta

from auditor.web.showing import _TEMPLATES

WEB = Path(str(files("auditor.web")))
OF_ALL = frozenset({"status", "done"})
"""What `show` itself takes."""


def read(template: str) -> set[str]:
    """The names that a template reads from outside, together with those it extends or imports with context."""
    assert _TEMPLATES.loader is not None
    tree = _TEMPLATES.parse(_TEMPLATES.loader.get_source(_TEMPLATES, template)[0])
    others = [name for name in meta.find_referenced_templates(tree) if name]
    return meta.find_undeclared_variables(tree).union(*(read(name) for name in others))


def test_no_page_is_given_what_it_does_not_print() -> None:
    calls = {
        (file.name, node.lineno): node
        for file in WEB.glob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "show"
    }  # fmt: skip
    unused = {}
    for place, call in calls.items():
        template = ast.literal_eval(call.args[1])
        given = {word.arg for word in call.keywords if word.arg}
        unused[place] = given - OF_ALL - read(template)
    assert len(unused) > 15 and not any(unused.values()), unused
