"""The toolbar begins to speak by itself when it opens, over the voice of the screen reader."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.china.toolbar_parts import TOOLS, bar, tried
from checks.document import Document

TONE = (
    "var n=48000,u=new Uint8Array(44+n),d=new DataView(u.buffer);function t(p,x){for(var i=0;i<x.length;i++)u[p+i]=x.charCodeAt(i)}"
    "t(0,'RIFF');d.setUint32(4,36+n,true);t(8,'WAVEfmt ');d.setUint32(16,16,true);d.setUint16(20,1,true);d.setUint16(22,1,true);"
    "d.setUint32(24,8000,true);d.setUint32(28,8000,true);d.setUint16(32,1,true);d.setUint16(34,8,true);t(36,'data');d.setUint32(40,n,true);"
    "for(var i=0;i<n;i++)u[44+i]=128+60*Math.sin(i/3);"
    "window.s=new Audio(URL.createObjectURL(new Blob([u],{type:'audio/wav'})));s.loop=true;s.play()"
)


@check(
    id="toolbar-sound",
    reads=("capture", "toolbar"),
    criteria=("1.4.2",),
    title="打开无障碍工具条就自动发出声音，无法停止",
    title_en="Opening the accessibility toolbar starts sound that cannot be stopped",
    who="盲人打开工具条，它便自己朗读起来，盖住读屏软件的声音，又找不到停止的办法。",
    who_en="A blind person opens the toolbar and it begins to speak, over the voice of the screen reader, with no way to stop it.",
    repair=("在工具条的设置里关闭“打开即朗读”。", "请工具条的服务商在用户按下“朗读”之后再出声，并提供“停止”按钮。"),
    repair_en=(
        "Switch off reading aloud at once in the settings of the toolbar.",
        "Ask its vendor to speak only after “read aloud” was pressed, and to offer a “stop” button.",
    ),
    verify="用键盘打开工具条，没有声音；按“朗读”之后，按“停止”能停下。",
    before=bar(opens=TONE),
    after=bar(),
    bad=(bar(opens=TONE), bar(opens=f"setTimeout(function(){{{TONE}}},200)")),
    unsure=(bar(tools=TOOLS + "<button type='button' onclick='s.pause()'>停止朗读</button>", opens=TONE),),
    good=(
        bar(), bar(opens=TONE.replace("s.loop=true", "s.muted=true;s.loop=true")),
        bar(opens=TONE + ";setTimeout(function(){s.pause()},900)"),
    ),
)  # fmt: skip
def toolbar_sound(document: Document) -> Iterator[Hit]:
    """1.4.2: what began to play when it opened still played three seconds later, on two loads."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["sounds"] and told["stops"]:
        yield unsure(entrance, f"“{told['words']}”一打开就有声音，持续三秒以上；工具条里有停止的按钮，请看盲人能否马上找到")
    elif told["sounds"]:
        yield failed(entrance, f"“{told['words']}”一打开就有声音，持续三秒以上，没有找到停止的按钮；请改为按下“朗读”之后才出声")
    elif told["opens"]:
        yield passed(entrance)
