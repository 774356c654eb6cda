"""Files and instructions for an installation, handed out by `auditor deploy`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file in this folder and what it is for."""

    file: str
    use: str


DOCUMENTS: Mapping[str, Document] = {
    "offline": Document(file="offline.md", use="在不能上外网的机器上安装：备料、安装、麒麟和统信、ARM64 和龙芯"),
    "systemd": Document(file="portal-auditor.service", use="systemd 服务"),
    "environment": Document(file="portal-auditor.env", use="服务的环境变量文件，放密钥"),
    "container": Document(file="Containerfile", use="容器镜像"),
    "cluster": Document(file="cluster.md", use="多台机器一起检测：角色、证书、启动、出了问题会怎样、Selenium Grid"),
    "cluster-compose": Document(file="cluster-compose.yaml", use="集群三种角色的 Compose 文件"),
    "upgrade": Document(file="upgrade.md", use="升级和退回，不联网"),
    "new-axe": Document(file="new-axe.md", use="换用新的 axe-core，前后的数字怎样衔接"),
}
"""What can be asked for, in the order in which it is needed."""


def text(name: str) -> str:
    """The text of a document."""
    return files(__name__).joinpath(DOCUMENTS[name].file).read_text(encoding="utf-8")
