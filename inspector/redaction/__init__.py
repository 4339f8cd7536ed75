"""Masking: every text that a person sees, exports, receives or finds in a log goes through here first."""

from inspector.redaction.mask import Purpose, mask, mask_call_id, mask_staff, mask_turns
from inspector.redaction.replace import has_personal_data, replace_turns

__all__ = [
    "Purpose",
    "has_personal_data",
    "mask",
    "mask_call_id",
    "mask_staff",
    "mask_turns",
    "replace_turns",
]
