"""What an address is: its canonical form, whether it belongs to a site, and which addresses are made by one template.

Pure and standard library only. Addresses are read as a browser reads them (WHATWG URL Standard), never with urlsplit: what urlsplit
takes for the host of `http://a.gov.cn\\@evil.com/` is not where a browser goes.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from auditor.model import Scope
from auditor.skeletons import dom_key, skeleton

__all__ = [
    "MAX_LENGTH", "canonical", "dom_key", "host_of", "in_scope", "matches", "matches_host", "origin_of", "pattern", "port_of", "skeleton",
    "url_key",
]  # fmt: skip

MAX_LENGTH = 2000
"""Longer addresses are traps or mistakes; nobody links to a page of a portal that way."""


def canonical(url: str, base: str | None = None) -> str | None:
    """The one spelling of an address, so that equal addresses compare equal; None where it is no http(s) address with a host.

    As a browser reads it (relative to `base`), and moreover: without user name, tracking and session parameters; escapes in upper
    case and only where needed; query parameters sorted by name where every one of them has a name. Of fragments only those are kept
    that single-page applications take for a page of its own: `#/a` and `#!/a`, but not `#/`, which is where they begin.
    """
    parts = _read(url, base)
    if parts is None:
        return None
    query = _tidy_query(parts.query)
    address = _origin(parts) + _tidy_path(parts.path) + (f"?{query}" if query else "") + parts.route
    return address if len(address) <= MAX_LENGTH else None


def host_of(url: str) -> str:
    """The host of an address as a browser reads it, in lower case and without the brackets of IPv6; "" where there is none."""
    parts = _read(url)
    return parts.host.strip("[]") if parts else ""


def port_of(url: str) -> int:
    """The port of an address, 80 or 443 where it names none; 0 where it is no address."""
    parts = _read(url)
    return (parts.port or _DEFAULT_PORTS[parts.scheme]) if parts else 0


def origin_of(url: str) -> str:
    """Scheme, host and (unless default) port, such as `https://www.example.gov.cn`; "" where there is none."""
    parts = _read(url)
    return _origin(parts) if parts else ""


def is_ip(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address in its plain spelling, without brackets and port."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def in_scope(url: str, start: str, scope: Scope) -> bool:
    """Whether an address belongs to the site that starts at `start`. Host names compare exactly: `www.` is another host name."""
    here, home = _read(url), _read(start)
    if here is None or home is None:
        return False
    if scope is Scope.ALL:
        return True
    if scope is Scope.SAME_DOMAIN:
        return _registrable(here.host) == _registrable(home.host)
    if scope is Scope.SAME_HOSTNAME:
        return here.host == home.host
    return _origin(here) == _origin(home)


def matches(url: str, patterns: Iterable[str]) -> bool:
    """Whether a canonical address matches one of the patterns, in which `*` stands for anything.

    A pattern that starts with `/` is held against path and query, one with `://` or a leading `*` against the whole address, any
    other against the address without its scheme. All of it has to match.
    """
    bare = url.partition("://")[2]
    path = "/" + bare.partition("/")[2]
    for raw in patterns:
        wanted = _escape(raw.strip(), _QUERY_UNSAFE)
        if _like(path if wanted.startswith("/") else url if "://" in wanted or wanted.startswith("*") else bare, wanted):
            return True
    return False


def matches_host(place: str, pattern: str) -> bool:
    """Whether a host with its port, such as `www.x.gov.cn:80`, is meant by a pattern: `*.x.gov.cn:80`, or any port without `:80`."""
    wanted = pattern.strip().lower()
    host, _, port = place.lower().rpartition(":")
    if wanted.startswith("["):
        name, _, number = wanted[1:].partition("]")
    else:  # an IPv6 address without brackets cannot carry a port
        name, _, number = (wanted, "", "") if wanted.count(":") > 1 else wanted.partition(":")
    return _like(host.strip("[]"), name) and number.lstrip(":") in ("", port)


def document_kind(url: str) -> str:
    """The ending of an address that leads to a document of an office, such as pdf or docx; "" for all others."""
    found = _DOCUMENT.search(re.split(r"[?#;]", url, maxsplit=1)[0])
    return found[1].lower() if found else ""


_DOCUMENT = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|ceb|rtf)$", re.IGNORECASE)


def url_key(url: str) -> str:
    """Host and path of an address with all that varies within a template replaced: dates `<d>`, ids `<id>`, digits `#`.

    methods.md 1.4, step 2: `http://x.gov.cn/art/2024/3/1/art_123_456.html` -> `x.gov.cn/art/<d>/art_#_#.html`.
    """
    parts = _read(url)
    return _key(parts) + _VARYING.sub(_replace, parts.route) if parts else pattern(url)


def pattern(href: str) -> str:
    """The same key for a raw attribute value (`href`, `src`), which is kept relative where it is relative."""
    text = href.strip(_BLANK).translate(_NO_BREAKS)[:MAX_LENGTH]
    parts = _read("http:" + text if text[:2] in ("//", "\\\\") else text)
    if parts:
        return _key(parts)
    if _SCHEME.match(text):  # javascript:, tel: and the like
        return text.partition(",")[0] if text.lower().startswith("data:") else _VARYING.sub(_replace, text)
    address, mark, fragment = text.partition("#")
    if not address:
        return mark + _VARYING.sub(_replace, fragment)
    path, _, query = address.partition("?")
    return _template(_JSESSION.sub("", _escape(path, _PATH_UNSAFE)), query)


# ---------------------------------------------------------------------------------------------- reading an address


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int | None  #: None: the default one
    path: str
    query: str
    route: str = ""  #: of a single-page application, with its `#`


_DEFAULT_PORTS = {"http": 80, "https": 443}
_BLANK = "".join(map(chr, range(33)))
_NO_BREAKS = str.maketrans("", "", "\t\n\r")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_AUTHORITY = re.compile(r"(?:.*@)?(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ROUTE = re.compile(r"!?/.+")


def _read(url: str, base: str | None = None) -> _Parts | None:
    """Split an address as the URL Standard does for http and https."""
    text, _, fragment = url.strip(_BLANK).translate(_NO_BREAKS).partition("#")
    if len(text) > MAX_LENGTH or _CONTROLS.search(text):
        return None
    parts = _without_fragment(text, _read(base) if base is not None else None)
    if parts is None or len(fragment) > MAX_LENGTH or not _ROUTE.fullmatch(fragment):
        return parts
    return parts._replace(route="#" + _escape(fragment, _QUERY_UNSAFE))


def _without_fragment(text: str, home: _Parts | None) -> _Parts | None:
    scheme = _SCHEME.match(text)
    if scheme:
        name = scheme[1].lower()
        if name not in _DEFAULT_PORTS:
            return None
        text = text[scheme.end() :]
    before, mark, query = text.partition("?")
    before = before.replace("\\", "/")
    if scheme and (before.startswith("//") or home is None or home.scheme != name):
        return _absolute(name, before.lstrip("/"), query)
    if home is None:
        return None
    if before.startswith("//"):
        return _absolute(home.scheme, before.lstrip("/"), query)
    if before.startswith("/"):
        return home._replace(path=before, query=query, route="")
    if before:
        return home._replace(path=home.path[: home.path.rfind("/") + 1] + before, query=query, route="")
    return home._replace(query=query if mark else home.query, route="")


def _absolute(scheme: str, rest: str, query: str) -> _Parts | None:
    authority, slash, path = rest.partition("/")
    found = _AUTHORITY.fullmatch(authority)
    host = _host(found[1]) if found else None
    if not found or not host:
        return None
    port = int(found[2]) if found[2] else None
    if port is not None and port > 65535:
        return None
    return _Parts(scheme, host, None if port == _DEFAULT_PORTS[scheme] else port, slash + path or "/", query)


def _host(text: str) -> str | None:
    """A host name in lower-case ASCII, an IPv4 address with four decimal numbers, or an IPv6 address in brackets."""
    if text.startswith("["):
        return _ipv6(text[1:-1])
    name = unquote(text)
    if not name or len(name) > 253:
        return None
    try:
        name = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    name = name.removesuffix(".")
    if len(name) > 253 or not _HOST.fullmatch(name):
        return None
    return _ipv4(name) if _NUMBER.fullmatch(name.rpartition(".")[2]) else name


def _ipv6(text: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    if address.scope_id:
        return None
    if address.ipv4_mapped:  # str() of these differs between versions of Python
        number = int(address.ipv4_mapped)
        return f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    return f"[{address.compressed}]"


def _ipv4(name: str) -> str | None:
    """127.1, 0x7f.1, 017700000001 and 2130706433 are all 127.0.0.1."""
    labels = name.split(".")
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        *first, last = [_number(label) for label in labels]
    except ValueError:
        return None
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return None
    return str(ipaddress.IPv4Address(last + sum(number << (24 - 8 * index) for index, number in enumerate(first))))


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if label.startswith("0") and len(label) > 1 else int(label)


def _origin(parts: _Parts) -> str:
    return f"{parts.scheme}://{parts.host}" + (f":{parts.port}" if parts.port is not None else "")


_SECOND_LEVEL = re.compile(  # general ones, and the provinces under .cn
    "ac|com?|edu|gov|mil|net|org|ah|bj|cq|fj|gd|gs|gx|gz|ha|hb|he|hi|hk|hl|hn|jl|js|jx|ln|mo|nm|nx|qh|sc|sd|sh|sn|sx|tj|tw|xj|xz|yn|zj"
)


def _registrable(host: str) -> str:
    """The domain somebody registered: the last two labels, three under second levels such as .gov.cn; an IP address as it is."""
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit():
        return host
    below = len(labels) > 2 and len(labels[-1]) == 2 and _SECOND_LEVEL.fullmatch(labels[-2])
    return ".".join(labels[-3 if below else -2 :])


# ---------------------------------------------------------------------------------------------- one spelling

_PATH_UNSAFE = re.compile(r"%([0-9A-Fa-f]{2})|[^!$%&'()*+,\-./0-9:;=@A-Z\[\\\]_a-z|~]")
_QUERY_UNSAFE = re.compile(r"%([0-9A-Fa-f]{2})|[^!$%&()*+,\-./0-9:;=?@A-Z\[\\\]^_`a-z{|}~]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_JSESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)

_TRACKING = re.compile(
    r"utm_.*|spm|spm_id_from|scm|gclid|fbclid|msclkid|yclid|bd_vid|hm(sr|pl|cu|kw|ci)|isappinstalled|vd_source"
    r"|jsessionid|phpsessid|aspsessionid.*|asp\.net_sessionid"
)
_SESSION_NAME = re.compile(r"sid|s_id|sess|sessid|session|session_?id")
_SESSION_VALUE = re.compile(r"(?=[0-9_.-]*[a-z])(?=[a-z_.-]*[0-9])[0-9a-z_.-]{16,}", re.IGNORECASE)
_BUSTER_NAME = re.compile(r"_|_?t|_?ts|_?time|_?timestamp|_?r|_?rnd|_?rand|_?random|_dc|cb|nocache|cachebuster")
_BUSTER_VALUE = re.compile(r"1[0-9]{9}([0-9]{3})?|0?\.[0-9]{6,}")


def _tidy_path(path: str) -> str:
    """Escapes normalised, session id gone, dot segments resolved."""
    kept: list[str] = []
    *inner, last = _JSESSION.sub("", _escape(path, _PATH_UNSAFE)).split("/")[1:]
    for segment in inner:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if last == "..":
        del kept[-1:]
    kept.append("" if last in (".", "..") else last)
    return "/" + "/".join(kept)


def _tidy_query(query: str) -> str:
    pieces = [piece for piece in _escape(query, _QUERY_UNSAFE).split("&") if piece and not _is_noise(piece)]
    if all(piece.find("=") > 0 for piece in pieces):  # otherwise their order may be their meaning
        pieces.sort(key=lambda piece: piece.partition("=")[0])
    return "&".join(pieces)


def _is_noise(piece: str) -> bool:
    """Whether a parameter tells where the visitor came from or which session it is, not what is to be shown."""
    raw, _, value = piece.partition("=")
    name = unquote_plus(raw).lower()
    if _SESSION_NAME.fullmatch(name):
        return bool(_SESSION_VALUE.fullmatch(value))
    if name == "from":
        return value in ("singlemessage", "groupmessage", "timeline")  # WeChat
    return bool(_TRACKING.fullmatch(name) or (_BUSTER_NAME.fullmatch(name) and _BUSTER_VALUE.fullmatch(value)))


def _escape(text: str, unsafe: re.Pattern[str]) -> str:
    def spell(found: re.Match[str]) -> str:
        if found[1]:
            character = chr(int(found[1], 16))
            return character if _UNRESERVED.fullmatch(character) else found[0].upper()
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    return unsafe.sub(spell, text)


def _like(text: str, wanted: str) -> bool:
    """Wildcard comparison by searching each piece once: a regular expression takes for ever on hostile addresses."""
    first, *middle = re.split(r"\*+", wanted)
    if not middle:
        return text == wanted
    last = middle.pop()
    position, end = len(first), len(text) - len(last)
    if end < position or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


# ---------------------------------------------------------------------------------------------- templates of addresses

_VARYING = re.compile(
    r"""(?P<escape>%[0-9a-f]{2})
    |(?P<uuid>(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z]))
    |(?P<date>(?<![0-9])20[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])
              |[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12][0-9]|3[01]))(?![0-9]))
    |(?P<hex>(?<![0-9a-z])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,}(?![0-9a-z]))
    |(?P<long>(?<![0-9a-z])(?=(?:[a-z]*[0-9]){3})(?=(?:[0-9]*[a-z]){3})[0-9a-z]{20,}(?![0-9a-z]))
    |(?P<digits>[0-9]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_REPLACEMENTS = {"uuid": "<id>", "hex": "<id>", "long": "<id>", "date": "<d>", "digits": "#"}


def _replace(found: re.Match[str]) -> str:
    return _REPLACEMENTS.get(found.lastgroup or "", found[0])


def _key(parts: _Parts) -> str:
    return parts.host + (f":{parts.port}" if parts.port else "") + _template(_tidy_path(parts.path), parts.query)


def _template(path: str, query: str) -> str:
    pairs = [piece.partition("=") for piece in _tidy_query(query).split("&") if piece]
    values = "&".join(sorted(name + equals + _VARYING.sub(_replace, value) for name, equals, value in pairs))
    return _VARYING.sub(_replace, path) + (f"?{values}" if values else "")
