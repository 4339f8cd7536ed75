"""What a recogniser makes up: loops, and sentences of the subtitles it was trained on. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from inspector.asr.windows import Word

__all__ = ["is_loop", "is_nothing", "without_phantoms"]

MOST_RATIO = 2.4  # text that compresses better than this repeats itself (OpenAI's own limit)
STUTTER = re.compile(r"(.)\1{5}")  # 好好好好 is said, six of one character in a row are not
# Whisper's published test of a window without speech: both together.
NO_SPEECH = 0.6
LEAST_LOG_PROBABILITY = -1.0

# Subtitle credits that Whisper writes over music and noise; nobody says them in a bank.
PHANTOMS = (
    "请不吝点赞订阅转发打赏支持明镜与点点栏目",
    "请不吝点赞订阅转发打赏",
    "点赞订阅转发打赏",
    "明镜与点点栏目",
    "优优独播剧场",
    "中文字幕志愿者",
    "字幕志愿者",
    "字幕由amaraorg社区提供",
    "amaraorg社区",
    "字幕by索兰娅",
    "字幕制作",
    "字幕提供",
    "字幕组",
    "词曲编曲",
    "作词作曲",
    "感谢观看",
    "谢谢观看",
    "谢谢收看",
    "下期再见",
    "请订阅我的频道",
    "欢迎订阅",
)


def is_loop(text: str) -> bool:
    """Does the text repeat itself as no speaker does?"""
    raw = text.encode()
    return bool(STUTTER.search(text)) or (bool(raw) and len(raw) / len(zlib.compress(raw)) > MOST_RATIO)


def is_nothing(no_speech: float, mean_log_probability: float) -> bool:
    """Is this window's text guessed at where nobody speaks?"""
    return no_speech > NO_SPEECH and mean_log_probability < LEAST_LOG_PROBABILITY


def without_phantoms(words: Sequence[Word]) -> list[Word]:
    """The words without those that spell out a known phantom."""
    text = "".join(word.text for word in words).lower()
    ends, length = [], 0
    for word in words:
        length += len(word.text)
        ends.append(length)
    kept = [True] * len(words)
    for phantom in PHANTOMS:
        start = text.find(phantom)
        while start >= 0:
            for number, (word, end) in enumerate(zip(words, ends, strict=True)):
                if end > start and end - len(word.text) < start + len(phantom):
                    kept[number] = False
            start = text.find(phantom, start + 1)
    return [word for word, keep in zip(words, kept, strict=True) if keep]
