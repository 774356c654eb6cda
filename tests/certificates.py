"""What the tests of secure connections need: certificates made on the spot with the openssl command, and servers that speak badly."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CONFIG = """[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
organizationName = optional
[req]
distinguished_name = name
prompt = no
[name]
"""


@dataclass(frozen=True)
class Certificate:
    """Files in PEM."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority that nobody trusts: `Authority(folder).issue("site.test", days=(-10, -1))`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "index.txt").touch()
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
        self.own = self._self_signed("authority", "/O=测试签发机构/CN=Test Authority", "basicConstraints=critical,CA:TRUE")

    def issue(self, name: str, *, san: str = "", days: tuple[int, int] = (-1, 30), itself: bool = False) -> Certificate:
        """A certificate for a name (SAN `DNS:name` unless given, "none": without), valid from and to so many days from now."""
        extension = [] if san == "none" else ["-addext", f"subjectAltName={san or f'DNS:{name}'}"]
        file = f"{name}{days[0]}{days[1]}{itself}"
        made = Certificate(self.folder / f"{file}.pem", self.folder / f"{file}.key")
        request = self.folder / f"{file}.csr"
        self._openssl("req", "-new", *self._key(made.key), "-subj", f"/CN={name}", *extension, "-out", str(request))
        begin, end = ((datetime.now(UTC) + timedelta(days=offset)).strftime("%Y%m%d%H%M%SZ") for offset in days)
        signer = ["-selfsign", "-keyfile", str(made.key)] if itself else ["-cert", str(self.own.certificate), "-keyfile", str(self.own.key)]
        self._openssl(
            "ca", "-batch", "-notext", "-in", str(request), "-out", str(made.certificate), "-startdate", begin, "-enddate", end, *signer
        )
        return made

    def _self_signed(self, file: str, subject: str, *extensions: str) -> Certificate:
        made = Certificate(self.folder / f"{file}.pem", self.folder / f"{file}.key")
        adds = [word for extension in extensions for word in ("-addext", extension)]
        self._openssl("req", "-x509", "-utf8", "-days", "30", *self._key(made.key), "-subj", subject, *adds, "-out", str(made.certificate))
        return made

    @staticmethod
    def _key(file: Path) -> list[str]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(file)]

    def _openssl(self, command: str, *words: str) -> None:
        line = ["openssl", command, "-config", str(self.folder / "openssl.cnf"), *words]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{' '.join(line)}\n{done.stderr}"
