"""The language of a text is told by its script, and by the offline model where it is written in Latin letters."""

from __future__ import annotations

import pytest

from checks.languages import guessed, known, named, verdict

SENTENCES = [
    ("en", "The government of the city announced new measures for people with disabilities today."),
    ("fr", "Le gouvernement annonce de nouvelles mesures pour les personnes handicapées."),
    ("de", "Die Regierung hat heute neue Maßnahmen für Menschen mit Behinderungen beschlossen."),
    ("es", "El gobierno anunció hoy nuevas medidas para las personas con discapacidad."),
    ("nl", "De regering kondigde vandaag nieuwe maatregelen aan voor mensen met een handicap."),
    ("it", "Il governo ha annunciato oggi nuove misure per le persone con disabilità."),
    ("zh", "市残联组织志愿者走进社区，为行动不便的居民开展辅助器具适配服务。"),
    ("ja", "市役所では、障害者手帳の申請についてのご相談を受け付けています。"),
    ("ko", "시청에서는 장애인 등록 신청에 관한 상담을 받고 있습니다."),
    ("ru", "Правительство города объявило сегодня о новых мерах для инвалидов."),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_a_text_does_not_contradict_its_own_language(language: str, text: str) -> None:
    assert verdict(language, [text]).against == 0
    assert verdict(f"{language}-X-anything", [text]).against == 0


@pytest.mark.parametrize(("language", "text"), SENTENCES)
@pytest.mark.parametrize("declared", ["zh-CN", "en-US", "ar"])
def test_a_text_contradicts_another_language(language: str, text: str, declared: str) -> None:
    if declared.startswith(language):
        return
    told = verdict(declared, [text])
    assert told.against >= 0.9
    assert told.language == language


def test_names_terms_addresses_and_short_words_prove_nothing() -> None:
    assert verdict("zh-CN", ["请安装 Microsoft Edge 或 Google Chrome 浏览器", "http://www.example.test/a.html"]).against == 0
    assert verdict("en", ["Qufu", "Zoucheng", "Weishan", "Rencheng District"]).against == 0
    assert verdict("fr", ["Paul put dire comment on tape"]).against == 0
    assert verdict("en", ['The Dutch word "gelukkig" has no equivalent in English.']).against == 0
    assert verdict("no", ["Velkommen til vores hjemmeside, her finder du information om kommunen"]).against == 0


def test_pinyin_is_chinese_where_the_tag_says_latin_letters() -> None:
    assert verdict("zh-Latn", ["Guanyu huanling canjirenzheng de tongzhi, qing xianghu zhuangao."]).against == 0
    assert verdict("zh-Latn", ["关于换领残疾人证的通知"]).against == 1


def test_the_same_text_is_guessed_the_same_every_time() -> None:
    text = "You can apply for the card at any of our offices."
    assert {guessed(text) for _ in range(5)} == {guessed(text)}
    assert guessed(text)[0] == "en"


def test_language_tags_are_known_and_named() -> None:
    assert known("zh-CN") and known("EN") and known("yue") and not known("cn") and not known("english") and not known("")
    assert named("zh-Hant") == "中文" and named("xx") == "xx"
