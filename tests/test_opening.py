"""Whatever a document is, opening it ends in time, in bounds of memory, without a trace on the disk, and with a sentence."""

from __future__ import annotations

import io
import json
import os
import random
import stat
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from auditor import opening
from auditor.demo import documents
from auditor.demo.attachments import OLD
from auditor.opening import Opener, ua_report
from auditor.opening_child import BROKEN, TOO_BIG, TOO_SLOW, _apart

QUESTION = {"name": "a.pdf", "seconds": 5}


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    with Opener() as made:
        yield made


# ------------------------------------------------------------------------------------------------ bombs and lies


def deflated(megabytes: int) -> bytes:
    """A zlib stream that swells to so many megabytes of zeros, made without swelling: one block, again and again."""
    maker = zlib.compressobj(9)
    start = maker.compress(bytes(1_000_000)) + maker.flush(zlib.Z_FULL_FLUSH)
    block = maker.compress(bytes(1_000_000)) + maker.flush(zlib.Z_FULL_FLUSH)
    return start + block * (megabytes - 1) + maker.flush()


def zip_bomb(name: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, bytes(size))
    return out.getvalue()


def lying_zip() -> bytes:
    """An archive whose list says that its part is small."""
    body = bytearray(zip_bomb("word/document.xml", 60_000_000))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = body.rindex(mark) + place
        body[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(body)


def deep_xml() -> bytes:
    return documents.archive({"word/document.xml": "<a>" * 100_000 + "</a>" * 100_000})


def laughing_xml() -> bytes:
    entities = "".join(f'<!ENTITY l{step} "{f"&l{step - 1};" * 10}">' for step in range(1, 10))
    text = f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><w:document {documents.W}><w:body>&l9;</w:body></w:document>'
    return documents.archive({"word/document.xml": text})


def prying_xml() -> bytes:
    text = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d><body>&x;</body></d>'
    return documents.archive({"word/document.xml": text.encode("utf-16")})


def swelling_pdf() -> bytes:
    file = pikepdf.Pdf.new()
    page = file.add_blank_page()
    page.Contents = file.make_stream(deflated(1800), Filter=pikepdf.Name.FlateDecode)
    out = io.BytesIO()
    file.save(out, compress_streams=False)
    return out.getvalue()


def circular_pdf() -> bytes:
    """Its structure tree, outline, fields and forms lead back to themselves."""
    file = pikepdf.open(io.BytesIO(documents.pdf(bookmarks=True, field="")))
    root = file.Root
    document = root.StructTreeRoot.K[0]
    document.K.append(document)
    root.Outlines.First.Next = root.Outlines.First
    root.AcroForm.Fields[0].Kids = pikepdf.Array([root.AcroForm.Fields[0]])
    form = file.make_stream(b"/Fm0 Do /Fm0 Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm0=form))
    file.pages[0].Resources.XObject.Fm0 = form
    file.pages[0].contents_add(b"/Fm0 Do")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "name", "trouble"),
    [
        (lambda: zip_bomb("word/document.xml", 60_000_000), "a.docx", "压缩炸弹"),
        (lambda: documents.archive({"OFD.xml": "", **{f"a/{place}": "" for place in range(6000)}}), "a.ofd", "超过 5000 个"),
        (lying_zip, "a.docx", ""),
        (deep_xml, "a.docx", "损坏"),
        (laughing_xml, "a.docx", "实体声明"),
        (prying_xml, "a.docx", "实体声明"),
        (lambda: b"", "a.pdf", "识别"),
        (lambda: b"%PDF-1.4" + bytes(100_000), "a.pdf", "损坏"),
        (lambda: documents.docx()[:400], "a.docx", ""),
        (lambda: OLD, "a.doc", "不能检查"),
    ],
    ids=["bomb", "entries", "lie", "deep", "laughs", "pries", "empty", "hollow", "half", "old"],
)
def test_bombs_and_lies_end_in_a_sentence(opener: Opener, make: Callable[[], bytes], name: str, trouble: str) -> None:
    body = make()
    begun = time.monotonic()
    facts = opener.read(body, name)
    assert facts["opened"] is False and trouble in facts["trouble"] and "Error" not in facts["trouble"]
    assert "root:" not in json.dumps(facts)
    assert time.monotonic() - begun < 20


def test_content_that_swells_is_left_out_and_told(opener: Opener) -> None:
    facts = opener.read(swelling_pdf(), "a.pdf")
    assert facts.get("trouble") in (TOO_BIG, BROKEN, TOO_SLOW) or facts["looked_at"] == 0
    assert opener.read(documents.pdf())["tagged"] is True


def test_what_leads_back_to_itself_is_met_once(opener: Opener) -> None:
    facts = opener.read(circular_pdf(), "a.pdf")
    assert facts["opened"] and facts["bookmarks"] == 1 and facts["headings"] == [1, 2, 2, 2]


# ------------------------------------------------------------------------------------------------ the process apart


def test_one_that_does_not_end_is_ended(opener: Opener) -> None:
    begun = time.monotonic()
    assert _apart(lambda body, name: time.sleep(60), b"", QUESTION | {"seconds": 0.5}) == {"trouble": TOO_SLOW}
    assert time.monotonic() - begun < 15


def test_memory_and_crashes_end_in_a_sentence() -> None:
    assert _apart(lambda body, name: bytearray(3_000_000_000), b"", QUESTION) == {"trouble": TOO_BIG}
    assert _apart(lambda body, name: os._exit(3), b"", QUESTION) == {"trouble": BROKEN}
    assert _apart(lambda body, name: {}["x"], b"", QUESTION)["trouble"] == BROKEN
    assert _apart(lambda body, name: {"x": "y" * 2_000_000}, b"", QUESTION)["trouble"] == TOO_SLOW


def test_nothing_is_written_started_or_connected(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("kept")
    import socket

    def attempts() -> Iterator[Callable[[], Any]]:
        yield lambda: (tmp_path / "new").write_text("x")
        yield lambda: os.open(tmp_path / "raw", os.O_CREAT | os.O_WRONLY)
        yield lambda: old.write_text("x")
        yield old.unlink
        yield lambda: (tmp_path / "folder").mkdir()
        yield lambda: subprocess.run(["true"], check=True)
        yield lambda: socket.create_connection(("127.0.0.1", 1))

    def read(body: bytes, name: str) -> dict[str, Any]:
        done = []
        for number, attempt in enumerate(attempts()):
            try:
                attempt()
                done.append(number)
            except PermissionError:
                pass
        return {"done": done}

    assert _apart(read, b"", QUESTION) == {"done": []}
    assert [path.name for path in tmp_path.iterdir()] == ["old"] and old.read_text() == "kept"


def test_it_starts_again_when_its_process_was_ended_and_leaves_none_behind() -> None:
    with Opener() as made:
        assert made.process is None
        assert made.read(documents.docx(), "a.docx")["opened"]
        first = made.process
        assert first is not None
        first.kill()
        first.wait(5)
        assert made.read(documents.docx(), "a.docx")["opened"]
        second = made.process
        assert second is not None and second.pid != first.pid
    assert second.poll() is not None


def test_where_its_process_does_not_start_it_says_so_and_tries_no_longer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[int] = []

    def fails() -> subprocess.Popen[bytes]:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("no memory")
        return subprocess.Popen(["false"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)

    monkeypatch.setattr(opening, "_start", fails)
    with Opener() as made:
        told = [made.read(documents.pdf(), "a.pdf") for _ in range(4)]
    assert all(facts["trouble"] == "本机的文档检查程序没有运行起来" and facts["ours"] for facts in told)
    assert len(tried) == 2 and len([one for one in caplog.records if one.name == "auditor.opening"]) == 1


def test_a_document_that_ends_its_process_is_not_taken_for_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies() -> subprocess.Popen[bytes]:
        says = f"import os, sys; os.write(1, {opening.READY!r}); sys.stdin.buffer.read(8)"
        return subprocess.Popen(
            [opening.sys.executable, "-c", says], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    monkeypatch.setattr(opening, "_start", dies)
    with Opener() as made:
        facts = made.read(b"anything", "down?id=3")
    assert facts["trouble"] == BROKEN and facts["unread"] and "ours" not in facts


def test_an_encryption_that_nobody_knows_is_told_as_such(opener: Opener) -> None:
    body = documents.pdf(encryption=pikepdf.Encryption(owner="x", user="", R=4))
    for old, new in ((b"/Filter /Standard", b"/Filter /Xtandard"), (b"/R 4", b"/R 9")):
        assert old in body
        assert opener.read(body.replace(old, new), "a.pdf")["trouble"] == "加密方式不能识别"


# ------------------------------------------------------------------------------------------------ mutated documents


def seeds() -> list[tuple[str, bytes]]:
    locked = pikepdf.Encryption(owner="x", user="", R=6)
    made = [
        documents.pdf(), documents.pdf(tagged=False, scanned=True), documents.pdf(field="", bookmarks=True, pages=3),
        documents.pdf(encryption=locked), documents.docx(), documents.docx(headings=False, picture=""), documents.xlsx(picture="图"),
        documents.pptx(), documents.ofd(outline=True),
    ]  # fmt: skip
    return [("a", body) for body in made]


SALT = (b"/", b"<<", b"]", b"9999999999", b"-1", b"\x00", b"<", b"&", b"obj", b"\xff\xff\xff\xff")


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The document with a few bytes changed, cut out, doubled or cut off; of an archive also inside of its parts."""
    if body.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(list(parts))
        parts[name] = mutated(parts[name], chance)
        return documents.archive(parts)
    broken = bytearray(body)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(broken) + 1)
        size = chance.choice((1, 1, 2, 8, 64, 512))
        match chance.randrange(5):
            case 0:
                broken[at : at + size] = chance.randbytes(size)
            case 1:
                del broken[at : at + size]
            case 2:
                broken[at:at] = broken[at : at + size] * chance.choice((1, 2, 50))
            case 3:
                broken[at : at + 1] = chance.choice(SALT)
            case _:
                if chance.random() < 0.2:
                    del broken[at:]
    return bytes(broken)


def feed(opener: Opener, count: int) -> float:
    """Open so many mutated documents; seconds of the slowest."""
    chance, slowest = random.Random(20261128), 0.0
    known = seeds()
    for number in range(count):
        _, body = known[number % len(known)]
        broken = mutated(body, chance)
        begun = time.monotonic()
        facts = opener.read(broken, "a.pdf")
        slowest = max(slowest, time.monotonic() - begun)
        assert facts["opened"] or facts["trouble"], number
        assert facts.get("trouble", "") not in (TOO_SLOW, TOO_BIG), (number, facts)
        assert len(json.dumps(facts)) < 100_000
    return slowest


def test_mutated_documents_neither_crash_nor_hang(opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    process = opener.process
    assert feed(opener, 150) < 15
    assert process is None or opener.process is process, "its process was lost"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_thousand_mutated_documents_neither_crash_nor_hang(opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opener.read(documents.pdf())
    process = opener.process
    assert feed(opener, 1000) < 15
    assert opener.process is process, "its process was lost"
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------------ veraPDF

REPORT = {
    "report": {
        "jobs": [
            {
                "validationResult": [
                    {
                        "compliant": False,
                        "details": {
                            "failedRules": 2,
                            "ruleSummaries": [
                                {"ruleStatus": "FAILED", "clause": "7.1"}, {"ruleStatus": "FAILED", "clause": "7.21.7"},
                                {"ruleStatus": "PASSED", "clause": "5"},
                            ],
                        },
                    }
                ]
            }
        ]
    }
}  # fmt: skip


def verapdf(folder: Path, script: str) -> Path:
    program = folder / "verapdf"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_the_word_of_verapdf_stands_beside_ours_where_it_is_installed(
    opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checks.attachments import attachment_checks

    (tmp_path / "answer.json").write_text(json.dumps(REPORT))
    asked = 'test "$1 $2 $3 $4" = "--flavour ua1 --format json" && test "$(head -c 4)" = %PDF'
    verapdf(tmp_path, f"{asked} && cat {tmp_path}/answer.json; exit 1")
    assert "verapdf" not in opener.read(documents.pdf())
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    facts = opener.read(documents.pdf())
    assert facts["verapdf"] == {"compliant": False, "failed": 2, "clauses": ["7.1", "7.21.7"]}
    hit = attachment_checks()["file-pdf-ua"].says(facts)
    assert hit is not None and hit.outcome == "cantTell" and "2 条规则不符合：7.1、7.21.7" in hit.message
    assert "verapdf" not in opener.read(documents.docx(), "a.docx")


@pytest.mark.parametrize("script", ["echo nonsense", "exit 3", "echo '{\"report\": {\"jobs\": []}}'", "exec sleep 20"])
def test_a_verapdf_that_does_not_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(opening, "UA_SECONDS", 1.0)
    assert "veraPDF" in ua_report(str(verapdf(tmp_path, script)), documents.pdf())["trouble"]


def test_verapdf_is_told_no_secrets_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "UA_SECONDS", 1.0)
    monkeypatch.setenv("SECRET", "x")
    script = f"env > {tmp_path}/env; pwd > {tmp_path}/folder; echo x > left; sleep 30 & echo $! > {tmp_path}/child; wait"
    begun = time.monotonic()
    assert "1 秒内没有给出结果" in ua_report(str(verapdf(tmp_path, script)), documents.pdf())["trouble"]
    assert time.monotonic() - begun < 15
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names <= {"PATH", "LC_ALL", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "PWD", "OLDPWD", "SHLVL", "_"}
    folder = Path((tmp_path / "folder").read_text().strip())
    assert folder != tmp_path and not folder.exists()
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    assert not child.exists() or ") Z " in child.read_text()


def test_a_verapdf_that_says_too_much_is_not_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_REPORT", 100_000)
    begun = time.monotonic()
    assert "trouble" in ua_report(str(verapdf(tmp_path, "exec yes")), documents.pdf())
    assert time.monotonic() - begun < 10
