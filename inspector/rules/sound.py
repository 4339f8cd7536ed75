"""How alike two wordings sound. The only place that knows pinyin.

Tones are dropped: telephone recognisers confuse them freely. Syllables that many speakers do not tell apart are folded
(zh/z ch/c sh/s, n/l, f/h, ang/an eng/en ing/in). Numerals are never folded: 四/十 and 一/七 differ by one sound and by
a lot of money.

For the search each folded syllable is one character of a private alphabet, so that texts are searched by sound as fast
as by spelling::

    这款保本保息    spelling
    ⑴⑵⑶⑷⑶⑸    codes: 保 and 宝 have the same
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

from inspector.rules.matchers import SoundAlike

__all__ = ["CONFUSABLE_SCORE", "HOMOPHONE_SCORE", "alike", "codes_in", "codes_of", "folded_syllable", "readings_of"]

HOMOPHONE_SCORE = 0.97
CONFUSABLE_SCORE = 0.85
_FIRST_CODE = 0xF0000  # private use: no text holds it
_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿半0123456789")
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


_IN_USE = """
行xing,hang 长chang,zhang 重zhong,chong 乐le,yue 恶e,wu 度du,duo 调diao,tiao 角jiao,jue 传chuan,zhuan 折zhe,she
着zhe,zhao,zhuo 没mei,mo 差cha,chai 弹dan,tan 藏cang,zang 称cheng,chen 薄bo,bao 还hai,huan 了le,liao 系xi,ji
便bian,pian 参can,shen 率lv,shuai 校xiao,jiao 降jiang,xiang 省sheng,xing 的de,di 地di,de 得de,dei 给gei,ji
觉jue,jiao 都dou,du 模mo,mu 圈quan,juan 盛sheng,cheng 削xue,xiao 屏ping,bing 卡ka,qia 剥bo,bao 什shen,shi
曾ceng,zeng 会hui,kuai 单dan,shan 数shu,shuo 说shuo,shui 和he,huo 强qiang,jiang 熟shu,shou 谁shei,shui
这zhe,zhei 那na,nei 哪na,nei 色se,shai 落luo,la 血xue,xie 露lu,lou 似si,shi 提ti,di 咱zan,za 约yue,yao 大da,dai
车che,ju 石shi,dan 识shi,zhi 期qi,ji 朝chao,zhao 宿su,xiu 壳ke,qiao 扎zha,za 嚼jiao,jue 埋mai,man 泊bo,po
绿lv,lu 六liu,lu 陆lu,liu 吓xia,he 虹hong,jiang 嗯en,ng 呢ne,ni 哦o,e 俩lia,liang
"""
_POLYPHONES = {entry[0]: tuple(entry[1:].split(",")) for entry in _IN_USE.split()}
"""Characters that telephone talk uses in several readings, the commonest first: dictionaries hold many more."""


@lru_cache(maxsize=32768)
def readings_of(char: str) -> tuple[str, ...]:
    """The toneless readings in use of a character, the commonest first; what is no ideograph stands for itself."""
    # ``list``: one entry for each character that has no reading (documented; the stubs only know strings)
    return _POLYPHONES.get(char) or tuple(lazy_pinyin(char, errors=list))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def folded_syllable(syllable: str) -> str:
    """The syllable with confusable sounds folded to one of them."""
    for sound, folded in _INITIALS:
        if syllable.startswith(sound):
            syllable = folded + syllable[len(sound) :]
            break
    for sound, folded in _FINALS:
        if syllable.endswith(sound):
            return syllable[: -len(sound)] + folded
    return syllable


@lru_cache(maxsize=32768)
def _folded_readings(char: str) -> frozenset[str]:
    return frozenset(map(folded_syllable, readings_of(char)))


@lru_cache(maxsize=4096)
def _code(syllable: str) -> str:
    """The one character of a folded syllable; the same for the life of the process."""
    _known.append(syllable)
    return chr(_FIRST_CODE + len(_known))


_known: list[str] = []


class _Codes(dict[int, str]):
    """Character → code of its commonest reading, made when first asked for. Numerals stand for themselves."""

    def __missing__(self, ordinal: int) -> str:
        char = chr(ordinal)
        reading = readings_of(char)[0]
        self[ordinal] = char if char in _NUMERALS or reading == char else _code(folded_syllable(reading))
        return self[ordinal]


_CODES = _Codes()


def codes_of(text: str) -> str:
    """The text by sound: one code for each character, by its commonest reading."""
    return text.translate(_CODES)


def codes_in(char: str) -> tuple[str, ...]:
    """The codes that a character of a phrase may be heard as: one for each of its readings."""
    if char in _NUMERALS or readings_of(char)[0] == char:
        return (char,)
    return tuple(sorted(map(_code, _folded_readings(char))))


@lru_cache(maxsize=1 << 18)
def alike(wanted: str, heard: str, by: SoundAlike) -> float:
    """Score 0 … 1 of two characters under a rule's sound-alike setting: by any reading that they share."""
    if wanted == heard:
        return 1.0
    if by == "literal" or wanted in _NUMERALS or heard in _NUMERALS:
        return 0.0
    if not set(readings_of(wanted)).isdisjoint(readings_of(heard)):
        return HOMOPHONE_SCORE
    if by == "pinyin_confusable" and not _folded_readings(wanted).isdisjoint(_folded_readings(heard)):
        return CONFUSABLE_SCORE
    return 0.0
