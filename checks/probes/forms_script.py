"""JavaScript of the experiment with forms: which forms there are, and what has newly come to be seen since we touched one."""

from __future__ import annotations

from checks.probes.script import run

FIND = run("forms_find.js")
"""What there is to try, on a page that nobody has touched: {"forms", "inputs", "pastes", "codes", "cut"}."""

WATCH = run("forms_watch.js")
"""`auditorForms` in our own world: keep(places) at once after a load; begin … stimulus … await end: what became seen or heard between,
what changed on the fields, where the focus is; quieten(): what changes by itself is not looked at afterwards."""
