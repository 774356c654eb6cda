"""What a page is made of, from the answers that the browser got for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, cast

from loopback import run

from crawlers.browsers.sources import MOST, MOST_BYTES, MOST_WORDS, Sources
from crawlers.contents import FAILED

PAGE, STYLE = "http://site.test/a", "http://site.test/s.css"


@dataclass
class Asked:
    url: str
    resource_type: str = "document"
    method: str = "GET"
    redirected_from: Any = None
    failure: str | None = None


@dataclass
class Answered:
    request: Asked
    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    read: int = 0

    @property
    def url(self) -> str:
        return self.request.url

    async def body(self) -> bytes:
        self.read += 1
        return self.content


class NotOurs:
    def own_answer(self, headers: object) -> bool:
        return False


def of_page(*answers: Answered, known: dict[tuple[str, str], str] | None = None) -> Sources:
    sources = Sources(cast(Any, NotOurs()), {} if known is None else known)
    for answer in answers:
        sources.answered(cast(Any, answer))
    return sources


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def style(content: bytes, **headers: str) -> Answered:
    return Answered(Asked(STYLE, "stylesheet"), content, headers=headers)


def test_the_document_comes_first_and_a_failed_file_is_told_as_such() -> None:
    sources = of_page(Answered(Asked(PAGE), b"text"), style(b"rules"))
    sources.failed(cast(Any, Asked("http://dead.test/x.js", "script", failure="net::ERR_CONNECTION_RESET")))
    told = run(sources.taken())
    assert [(one.url, one.digest) for one in told] == [
        (PAGE, digest(b"text")), (STYLE, digest(b"rules")), ("http://dead.test/x.js", FAILED)
    ]  # fmt: skip


def test_a_document_that_was_redirected_is_known_by_where_it_began_and_where_it_ended() -> None:
    (one,) = run(of_page(Answered(Asked("http://site.test/b#top", redirected_from=Asked(PAGE)), b"text")).taken())
    assert (one.url, one.final_url) == (PAGE, "http://site.test/b")
    (one,) = run(of_page(Answered(Asked(PAGE + "#top"), b"text")).taken())
    assert (one.url, one.final_url) == (PAGE, "")


def test_a_shared_file_is_read_once_and_again_when_it_was_replaced_while_the_run_went_on() -> None:
    known: dict[tuple[str, str], str] = {}
    before, same, after = style(b"old", etag='"1"'), style(b"old", etag='"1"'), style(b"new", etag='"2"')
    found = [run(of_page(Answered(Asked(PAGE), b"text"), one, known=known).taken())[1].digest for one in (before, same, after)]
    assert found == [digest(b"old"), digest(b"old"), digest(b"new")]
    assert (before.read, same.read, after.read) == (1, 0, 1)


def test_nothing_is_told_where_a_file_or_what_would_be_kept_of_all_is_too_large() -> None:
    huge = Answered(Asked("http://site.test/data", "fetch"), b"", headers={"content-length": str(MOST_BYTES + 1)})
    assert run(of_page(Answered(Asked(PAGE), b"text"), huge).taken()) == ()
    assert huge.read == 0
    many = [Answered(Asked(f"http://site.test/{number}", "fetch"), headers={"etag": "x" * (MOST_WORDS // 10)}) for number in range(10)]
    assert run(of_page(Answered(Asked(PAGE), b"text"), *many).taken()) == ()


def test_nothing_is_told_of_a_page_that_sends_something_or_holds_a_line_to_its_server() -> None:
    assert run(of_page(Answered(Asked(PAGE), b"text"), Answered(Asked("http://site.test/d", "xhr", method="POST"))).taken()) == ()
    sources = of_page(Answered(Asked(PAGE), b"text"))
    sources.live(object())
    assert run(sources.taken()) == ()


def test_a_page_of_more_files_than_are_ever_asked_for_is_not_kept_in_mind() -> None:
    def loading(count: int) -> Sources:
        return of_page(*(Answered(Asked(f"http://site.test/{number}", "fetch")) for number in range(count)))

    assert len(run(loading(MOST).taken())) == MOST
    assert run(loading(MOST + 2).taken()) == ()
    assert len(loading(10 * MOST)._answers) <= MOST + 1
