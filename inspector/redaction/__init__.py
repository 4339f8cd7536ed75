"""Masking: every text that a person sees, exports, receives or finds in a log goes through here first."""

from inspector.redaction.mask import Purpose, mask, mask_call_id, mask_staff, mask_turns

__all__ = ["Purpose", "mask", "mask_call_id", "mask_staff", "mask_turns"]
