"""Which language a text is in: its script where that decides, else the small offline model of py3langid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCRIPTS: Mapping[str, re.Pattern[str]] = {
    script: re.compile(f"[{letters}]")
    for script, letters in {
        "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "Kana": "\u3041-\u30ff\u31f0-\u31ff", "Tibt": "\u0f00-\u0fff",
        "Latn": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff", "Cyrl": "\u0400-\u052f", "Grek": "\u0370-\u03ff",
        "Arab": "\u0620-\u06ff\ufb50-\ufdff\ufe70-\ufefc", "Hebr": "\u0590-\u05ff", "Thai": "\u0e00-\u0e7f", "Deva": "\u0900-\u097f",
        "Hang": "\u1100-\u11ff\uac00-\ud7af", "Mong": "\u1800-\u18af",
    }.items()
}  # fmt: skip
WEIGHT = {"Hani": 1.0, "Kana": 0.8, "Hang": 1.2}
"""How much a letter of a script says, beside 0.4 for those of alphabets: a Chinese character counts as much as half an English word."""
WRITES: Mapping[str, frozenset[str]] = {
    script: _words(languages)
    for script, languages in {
        "Hani": "zh yue wuu nan hak gan hsn cjy lzh ja ko", "Kana": "ja ain ryu", "Hang": "ko", "Grek": "el grc", "Hebr": "he yi iw ji",
        "Cyrl": "ru uk be bg sr mk kk ky mn tg tt ba cv uz os ce av ab kv cu bs az tk", "Deva": "hi mr ne sa kok mai bho sd ks",
        "Arab": "ar fa ur ug ps ckb ku sd ks kk ky uz az ms pa tg dv", "Tibt": "bo dz", "Mong": "mn mvf mnc sjo", "Thai": "th",
    }.items()
}  # fmt: skip
"""Languages written in a script. Latin letters are told apart by the model."""
FIRST = {"Hani": "zh", "Kana": "ja", "Hang": "ko", "Cyrl": "ru", "Arab": "ar", "Grek": "el", "Hebr": "he", "Thai": "th", "Deva": "hi",
         "Tibt": "bo", "Mong": "mn"}  # fmt: skip
LATINLESS = _words("zh yue wuu ja ko ru uk be bg mk el he ar fa ur th hi bo ug ka hy am km lo my mr ne ta te")
KINDRED = ("no da sv fo", "ms id", "hr bs sr sh sl", "cs sk", "pt gl es ca an oc", "nl af fy", "en sco", "ru uk be bg mk", "fi et", "it co")
KIN = tuple(_words(group) for group in KINDRED)
"""Languages that a model confuses, and that a voice of another reads not too badly."""
NAMES = {
    "zh": "中文", "en": "英文", "ja": "日文", "ko": "韩文", "fr": "法文", "de": "德文", "es": "西班牙文", "ru": "俄文", "nl": "荷兰文",
    "it": "意大利文", "pt": "葡萄牙文", "ar": "阿拉伯文", "da": "丹麦文", "vi": "越南文", "th": "泰文", "bo": "藏文", "ug": "维吾尔文",
    "mn": "蒙古文", "kk": "哈萨克文", "sv": "瑞典文", "no": "挪威文", "pl": "波兰文", "fi": "芬兰文", "el": "希腊文", "tr": "土耳其文",
}  # fmt: skip
MODELLED = _words(
    "ar bg ca cs da de el en es et eu fa fi fr ga gl he hi hr hu id is it kk ko lt lv mn ms nl no pl pt ro ru sk sl sq sr sv sw tr ug uk "
    "uz vi zh ja cy mt"
)
ENOUGH = 0.9  #: certainty that makes one piece of text a vote
READ_AT_MOST = 60


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a text says of the language it is declared to be in."""

    language: str  #: ISO 639 code of what it is mostly in; "" where that cannot be told
    weight: float  #: how much text there was, in Chinese characters
    against: float  #: the share of it that cannot be in the declared language, 0 to 1
    leaning: bool = False  #: too little text, or too mixed, to be sure, but it leans against the declared language


def verdict(declared: str, texts: Iterable[str]) -> Verdict:
    """How much of some texts is in another language than declared. `declared`: a language tag such as zh-CN; one with a script subtag
    counts with that script. A share of `against` near 1 over a good `weight` proves the contradiction; small amounts prove nothing."""
    primary, latin = _primary(declared), "latn" in declared.lower().split("-")
    pieces = [text for text in texts if text.strip() and not BOILERPLATE.search(text)]
    found: Counter[str] = Counter()
    for text in pieces:
        found.update(weights(text))
    total = sum(found.values())
    if not total:
        return Verdict(language="", weight=0, against=0)
    foreign: Counter[str] = Counter()
    for script, weight in found.items():
        if script == "Latn":
            continue
        if latin or primary not in WRITES[script]:
            foreign[_written(script, found)] += weight
    if primary == "ja" and found["Hani"] >= 60 and found["Kana"] < 0.02 * found["Hani"]:
        foreign["zh"] += found["Hani"]
    if primary == "ko" and (found["Hani"] >= 30 or found["Kana"]) and found["Hang"] < 0.02 * found["Hani"]:
        foreign[_written("Hani", found)] += found["Hani"]
    if primary in WRITES["Hani"] and primary not in ("ja", "ko") and found["Kana"] > 0.25 * found["Hani"]:
        foreign["ja"] += found["Hani"]
    leaning = False
    if found["Latn"] > 0.3 * total and not latin:
        spoken, leaning = _latin(primary, pieces)
        leaning = leaning and found["Latn"] > 0.6 * total
        if spoken:
            foreign[spoken] += found["Latn"]
    most = foreign.most_common(1)[0][0] if foreign else ""
    return Verdict(language=most, weight=total, against=sum(foreign.values()) / total, leaning=leaning)


def weights(text: str) -> Counter[str]:
    """How much of a text is in which script, in Chinese characters. Addresses and digits count nothing."""
    text = ADDRESS.sub(" ", text)
    found: Counter[str] = Counter()
    for script, pattern in SCRIPTS.items():
        if letters := len(pattern.findall(text)):
            found[script] = letters * WEIGHT.get(script, 0.4)  # type: ignore[assignment]
    return found


def guessed(text: str) -> tuple[str, float]:
    """The language of a text in Latin letters, with how certain that is (0 to 1)."""
    language, certain = _model().classify(text)
    return str(language), float(certain)


def named(tag: str) -> str:
    """A language in Chinese words; its code where there is none."""
    return NAMES.get(_primary(tag), tag)


def known(tag: str) -> bool:
    """Whether a language tag begins with a language: two letters of ISO 639-1, or a three-letter code that is used."""
    return _primary(tag) in ISO_639


BOILERPLATE = re.compile(r"©|copyright|all rights reserved|powered by|lorem ipsum", re.IGNORECASE)
QUOTED = re.compile(r"[\"“«„]\s?[\w’' -]{1,20}?\s?[\"”»“]")  #: a word that is talked about
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\S+\.(?:com|cn|org|net|html?|pdf|docx?|jpg|png)\b", re.IGNORECASE)
ISO_639 = _words(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu "
    "fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja ji jv ka kg ki kj kk kl "
    "km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
    "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu yue wuu nan hak gan hsn lzh fil ckb haw"
)


def _primary(tag: str) -> str:
    primary = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    return {"zho": "zh", "chi": "zh", "cmn": "zh", "iw": "he", "nb": "no", "nn": "no"}.get(primary, primary)


def _written(script: str, found: Counter[str]) -> str:
    return "ja" if script == "Hani" and found["Kana"] > 0.25 * found["Hani"] else FIRST[script]


def _latin(declared: str, pieces: list[str]) -> tuple[str, bool]:
    """The language that texts in Latin letters are in, where that is surely not the declared one; whether they lean to another."""
    votes: Counter[str] = Counter()
    texts = [" ".join(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", QUOTED.sub(" ", ADDRESS.sub(" ", text)))) for text in pieces]
    texts = [text for text in texts if SCRIPTS["Latn"].search(text)]
    whole = " ".join(texts)
    for text in sorted({text for text in texts if len(text) >= 25}, key=len, reverse=True)[:READ_AT_MOST]:
        language, certain = guessed(text)
        if certain >= ENOUGH:
            votes[_primary(language)] += len(text)
    if not votes and len(whole) >= 20:
        language, certain = guessed(whole)
        if certain >= 0.95:
            votes[_primary(language)] += len(whole)
    if not votes:
        return _leaning(declared, whole)
    best, weight = votes.most_common(1)[0]
    if _akin(best, declared) or sum(many for language, many in votes.items() if _akin(language, declared)) > 0.15 * votes.total():
        return "", False
    sure = declared in LATINLESS or declared in MODELLED or weight >= 200
    return (best, False) if sure and weight >= 0.7 * votes.total() else ("", True)


def _leaning(declared: str, text: str) -> tuple[str, bool]:
    if len(text) < 15:
        return "", False
    chances = {str(language): float(chance) for language, chance in _model().rank(text)}
    best = max(chances, key=lambda language: chances[language])
    return "", chances[best] >= 0.5 and not _akin(best, declared) and chances.get(declared, 0.0) * 2.5 < chances[best]


def _akin(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in KIN)


@cache
def _model() -> Any:
    """Loaded when first needed, as it takes half a second and 100 MB: most Chinese pages are decided by their script."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([language for language in MODELLED if language in model.labels])
    return model
