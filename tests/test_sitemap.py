"""Sitemaps: index files, gzip and text are read, hostile ones stay within their bounds."""

from __future__ import annotations

import gzip
import time

import pytest
from loopback import Ground, Reply, ground, redirect, run, zipped

from auditor.model import Target
from crawlers import finders
from crawlers.finders import sitemap
from crawlers.robots import Robots

NO_RULES = Robots.parse(b"", "TestAudit")


def urlset(*paths: str) -> str:
    entries = "".join(f"<url><loc> http://site.test{path} </loc><lastmod>2024-01-01</lastmod></url>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def index(*paths: str) -> str:
    entries = "".join(f"<sitemap><loc>http://site.test{path}</loc></sitemap>" for path in paths)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


async def found(here: Ground, robots: Robots = NO_RULES) -> list[str]:
    addresses = await sitemap.sitemap(here.fetcher, "http://site.test", robots)
    return [address.removeprefix("http://site.test") for address in addresses]


def test_an_index_leads_to_plain_zipped_and_text_sitemaps() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {
                "/sitemap.xml": index("/1.xml", "/2.xml.gz", "/3.txt", "/missing.xml"),
                "/1.xml": urlset("/a", "/b?x=1&amp;y=2", "/a"),
                "/2.xml.gz": zipped(urlset("/c")),
                "/3.txt": "http://site.test/d\r\nhttp://site.test/e\nnonsense\n",
            }
            assert await found(here) == ["/a", "/b?x=1&y=2", "/c", "/d", "/e"]

    run(story())


def test_a_zipped_sitemap_sent_as_compressed_content_is_read_too() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/sitemap.xml"] = Reply(gzip.compress(urlset("/a").encode()), headers={"Content-Encoding": "gzip"})
            assert await found(here) == ["/a"]

    run(story())


def test_robots_txt_names_the_sitemaps_and_may_forbid_them() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/sitemap.xml": urlset("/wrong"), "/map.xml": urlset("/right"), "/secret.xml": urlset("/secret")}
            robots = Robots.parse(
                b"User-agent: *\nDisallow: /secret\nSitemap: http://site.test/secret.xml\nSitemap: http://site.test/map.xml", "T"
            )  # fmt: skip
            assert await found(here, robots) == ["/right"]
            assert here.site.paths() == ["/map.xml"]

    run(story())


def test_broken_xml_gives_what_comes_before_the_break() -> None:
    assert sitemap.parse(urlset("/a", "/b").encode()[:-60])[0][0] == "http://site.test/a"
    assert (
        sitemap.parse(b"<urlset><url><loc>http://site.test/a</loc></url><url><loc>http://site.test/b&c</loc><oops")[0][0]
        == "http://site.test/a"
    )
    for nothing in (b"", b"<", b"<html><body>404</body></html>", b"\xff\xfe", b"<?xml version='1.0' encoding='nonsense'?><urlset/>"):
        assert sitemap.parse(nothing) == ([], [])


def test_sitemaps_in_other_encodings_and_without_namespace_are_read() -> None:
    text = "<?xml version='1.0' encoding='{}'?><urlset><url><loc><![CDATA[http://site.test/中]]></loc></url></urlset>"
    for encoding in ("gbk", "utf-16", "utf-8"):
        assert sitemap.parse(text.format(encoding).encode(encoding))[0] == ["http://site.test/%E4%B8%AD"], encoding
    images = urlset("/a").replace("</url>", "<i:image xmlns:i='x'><i:loc>http://site.test/a.png</i:loc></i:image></url>")
    assert sitemap.parse(images.encode())[0] == ["http://site.test/a"]


BOMB = (
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a '" + "ha" * 1000 + "'>{}]><urlset><url><loc>http://site.test/&{};</loc></url>{}</urlset>"
)
LAYERS = "".join(f"<!ENTITY {chr(98 + level)} '{f'&{chr(97 + level)};' * 50}'>" for level in range(6))
REST = "<url><loc>http://site.test/a</loc></url>"


@pytest.mark.parametrize("body", [
    BOMB.format(LAYERS, "g", REST), BOMB.format("<!ENTITY b SYSTEM 'file:///etc/passwd'>", "b", REST),
    BOMB.format("<!ENTITY b SYSTEM 'http://site.test/entity'>", "b", REST),
    BOMB.format("<!ENTITY % p SYSTEM 'http://site.test/dtd'>%p;", "a", REST),
    "<!DOCTYPE urlset SYSTEM 'http://site.test/dtd'><urlset>" + REST + "</urlset>",
    BOMB.format(LAYERS, "a", "<url x='&g;'/>" + REST),
])  # fmt: skip
def test_entities_are_neither_expanded_nor_fetched(body: str) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/sitemap.xml"] = body
            begun = time.monotonic()
            addresses = await found(here)
            assert time.monotonic() - begun < 5
            assert not any("ha" in address or "root" in address for address in addresses)
            assert set(addresses) <= {"/a", "/", "/&g;", "/&a;", "/&b;"}, addresses
            assert here.site.paths() == ["/sitemap.xml"]

    run(story())


def test_an_endless_index_ends() -> None:
    async def story() -> None:
        async with ground() as here:
            pages = iter(range(10**9))
            here.site.fallback = lambda path: index(*(f"/{next(pages)}.xml" for _ in range(20)), "/sitemap.xml")
            assert await found(here) == []
            assert len(here.site.asked) == sitemap.MOST_FILES
            assert len(set(here.site.paths())) == sitemap.MOST_FILES

    run(story())


def test_indexes_are_followed_three_files_deep() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/sitemap.xml": index("/2.xml"), "/2.xml": index("/3.xml"), "/3.xml": index("/4.xml")}
            here.site.pages["/4.xml"] = urlset("/a")
            assert await found(here) == []
            assert here.site.paths() == ["/sitemap.xml", "/2.xml", "/3.xml"]

    run(story())


def test_addresses_and_bytes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/sitemap.xml"] = urlset(*(f"/{number}" for number in range(60_000)))
            assert len(await found(here)) == sitemap.MOST_ADDRESSES
            here.site.pages |= {"/sitemap.xml": index("/1.gz", "/2.gz"), "/1.gz": Reply(gzip.compress(bytes(9_000_000)))}
            monkeypatch.setattr(sitemap, "ALL_BYTES", 1_000_000)
            assert await found(here) == []
            assert here.site.paths()[-1] == "/1.gz"

    run(story())


def test_a_redirected_sitemap_is_read() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/sitemap.xml": redirect("/real.xml"), "/real.xml": urlset("/a")}
            assert await found(here) == ["/a"]

    run(story())


def test_a_finder_is_known_by_the_name_of_its_file_and_another_name_is_a_clear_error() -> None:
    assert finders.names() == ("links", "listed", "sitemap")
    assert [finder.name for finder in finders.load(Target.__dataclass_fields__["finders"].default)] == ["links", "sitemap"]
    assert [finder.name for finder in finders.load(finders.names())] == list(finders.names())
    with pytest.raises(finders.UnknownFinder, match=r"没有名为 sitmap 的发现方式.*links、listed、sitemap"):
        finders.load(["links", "sitmap"])
