"""Words of: the sound of a call and its picture: peaks, playable copies, dialogue. Chinese, English."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "sound_player": ("录音播放器", "Player"),
    "sound_dialogue": ("对话文本", "Dialogue"),
    "sound_wait": ("正在准备录音…", "Preparing the sound…"),
    "sound_none": ("本通话没有录音，只有文本。", "This call has no sound, only text."),
    "sound_nothing_heard": ("没有识别出任何对话。", "Nothing was heard in this call."),
    "sound_failed": (
        "录音无法播放，对话文本仍可查看。",
        "The sound cannot be played; the dialogue can still be read.",
    ),
    "sound_stopped": (
        "播放中断：录音已无法读取，或登录、完整查看已过期。请重新载入本页。",
        "Playing stopped: the sound cannot be read any more, or the session or the full view is over. Load the page "
        "again.",
    ),
    "sound_play": ("播放", "Play"),
    "sound_pause": ("暂停", "Pause"),
    "sound_back": ("后退 5 秒", "Back 5 s"),
    "sound_forward": ("前进 5 秒", "Forward 5 s"),
    "sound_previous": ("上一处命中", "Previous finding"),
    "sound_next": ("下一处命中", "Next finding"),
    "sound_rate": ("倍速", "Speed"),
    "sound_skip_silence": ("跳过静音", "Skip silences"),
    "sound_position": ("播放位置", "Position"),
    "sound_markers": ("命中位置", "Places of findings"),
    "sound_legend": ("图例", "Legend"),
    "sound_legend_silence": ("静音 ≥ 3 秒", "silence ≥ 3 s"),
    "sound_legend_overlap": ("抢话、重叠", "both speak"),
    "sound_legend_unheard": ("未识别", "not heard"),
    "sound_legend_noise": ("音乐、按键等", "music, keys, tones"),
    "sound_legend_emotion": ("情绪提示", "hint at emotion"),
    "sound_legend_finding": ("命中（按等级）", "finding (by severity)"),
    "sound_lane_agent": ("坐席", "Agent"),
    "sound_lane_customer": ("客户", "Customer"),
    "sound_lane_left": ("左声道", "Left"),
    "sound_lane_right": ("右声道", "Right"),
    "sound_lane_mono": ("单声道", "Mono"),
    "sound_strip": ("谁在说话", "Who speaks"),
    "sound_row_at": ("从 {at} 播放", "Play from {at}"),
    "sound_doubtful": ("识别把握低", "doubtful"),
    "sound_unheard_no_text": ("有人说话，未识别出文字", "speech without text"),
    "sound_unheard_overlap": ("两人同时说话，未识别", "both speak, not heard"),
    "sound_unheard_low_confidence": ("识别把握太低，未采用", "too doubtful to be used"),
    "sound_unheard_uninspectable": ("声音太差，无法质检", "too bad to be inspected"),
    "sound_kind_ringback": ("回铃音", "ringing"),
    "sound_kind_busy": ("忙音", "busy tone"),
    "sound_kind_keypad": ("按键音", "keypad"),
    "sound_kind_music": ("音乐", "music"),
    "sound_kind_leakage": ("串音", "leakage"),
    "sound_kind_other": ("其他声音", "other sound"),
    "sound_emotion_agitation": ("激动", "agitated"),
    "sound_emotion_negativity": ("不满", "displeased"),
    "sound_silence": ("静音", "silence"),
    "sound_overlap": ("抢话、重叠", "both speak"),
    "sound_masked": (
        "文本中隐去的号码，录音里以提示音代替；未识别的片段没有文字，其中若有号码，不会被消音。",
        "Numbers hidden in the text are covered by a tone in the sound. Stretches that were not heard have no text: a "
        "number said there is NOT covered.",
    ),
    "sound_full_now": (
        "完整内容：号码未隐去、未消音。每次查看均已留痕。",
        "Full view: numbers are neither hidden nor covered. Who looks is on record.",
    ),
    "sound_full_paused": ("已暂停，可从原处继续播放。", "Paused: play goes on from where it was."),
    "sound_full_button": ("查看完整内容", "Show all"),
    "sound_full_title": ("查看完整内容", "Show what is hidden"),
    "sound_full_text": (
        "将显示并播放被隐去的号码，限时有效。姓名、通话、理由和时间会留存备查。",
        "Shows and plays the numbers that are hidden, for a limited time. Your name, the call, the reason and the time "
        "are kept on record.",
    ),
    "sound_full_reason": ("理由（至少 5 个字）", "Reason (5 characters or more)"),
    "sound_keys": (
        "空格 播放/暂停；←/→ 5 秒；J/L 1 秒；[ / ] 上一处/下一处命中；-/= 倍速；S 跳过静音",
        "Space play/pause; ←/→ 5 s; J/L 1 s; [ / ] previous/next finding; -/= speed; S skip silences",
    ),
}
