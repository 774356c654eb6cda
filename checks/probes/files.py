"""Files of an open page as the browser got them; nothing is fetched anew."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from auditor.model import Driver, NotAnswered

URL = re.compile(r'url\("((?:[^"\\]|\\.)*)"\)')
"""The addresses in a computed background-image."""

DATA = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)", re.DOTALL)
HEAVIEST = 6_000_000  # bytes


class Files:
    """The files that the document of the page itself uses."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._frame = ""
        self._types: dict[str, str] | None = None

    async def get(self, address: str) -> bytes | None:
        """The content of an http, https or data address; None where the browser does not have it (any more), or it is too heavy."""
        if told := DATA.fullmatch(address):
            body = unquote_to_bytes(told[3])
            try:
                return base64.b64decode(body) if ";base64" in told[2].lower() else body
            except binascii.Error:
                return None
        if not address.startswith(("http://", "https://")):
            return None
        try:
            await self.kind(address)
            answer = await self._driver.cdp("Page.getResourceContent", {"frameId": self._frame, "url": address})
        except NotAnswered:
            return None
        content: str = answer["content"]
        if len(content) > HEAVIEST * 4 // 3:
            return None
        return base64.b64decode(content) if answer["base64Encoded"] else content.encode()

    async def kind(self, address: str) -> str:
        """The media type that came with an http or https address, such as image/gif; "" where the page did not ask for it.

        What came as a page in the place of a picture (not found) has a type and no content. Raises NotAnswered.
        """
        if self._types is None:
            await self._driver.cdp("Page.enable")
            told = (await self._driver.cdp("Page.getResourceTree"))["frameTree"]
            self._frame = told["frame"]["id"]
            self._types = {one["url"]: one["mimeType"] for one in told["resources"]}
        return self._types.get(address, "")
