"""Text of pages is inert in every export: it can neither act, nor hide, nor turn around, nor break the file, nor go on without end."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from materials import exported, hostile

from reports.exports import names

HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LONGEST = 4000
"""Characters in a row of one over-long word that any format may hold."""


def texts(name: str, content: bytes) -> list[str]:
    """What a reader of the file finds as text; decoding is strict, so half characters would show."""
    if name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return [parts.read(part).decode() for part in parts.namelist() if part.endswith(".xml")]
    return [content.decode("utf-8-sig" if name == "csv" else "utf-8")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("name", names())
def test_hostile_text_is_inert(name: str, language: str, public: bool) -> None:
    content = exported(name, hostile(language, public))
    for text in texts(name, content):
        assert not HIDDEN.search(text), HIDDEN.search(text)
        assert "\\u202e" not in text.lower() and "\\ud800" not in text.lower() and "&#x202e" not in text.lower(), (
            "escapes come back to life"
        )
        assert not re.search(f"長{{{LONGEST}}}|长{{{LONGEST}}}", text)
    everything = "".join(texts(name, content))
    assert "[U+202E]" in everything and "[U+D800]" in everything, "what the page holds can still be seen"
    assert len(content) < 2_000_000
    if name in ("junit", "statement", "xlsx"):
        assert "<script" not in everything and "<img src=x" not in everything


@pytest.mark.parametrize("name", names())
def test_the_same_data_gives_the_same_file(name: str) -> None:
    assert exported(name, hostile()) == exported(name, hostile())
