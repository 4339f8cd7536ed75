"""The one error tree. Every message says what is wrong and where; ``remedy`` says what to do about it.

::

    InspectorError
    ├── UsageError        the command line is wrong                                  exit 2
    ├── RecordingError    one file's fault: its error object, the others go on       exit 1
    ├── StoredCallError   one stored call's fault: its error object, the others go on exit 1
    ├── IntakeError       one file or call is not accepted; the others go on          exit 1
    ├── ManifestError     the list of calls cannot be used                           exit 2
    ├── SetupError        something is missing before the first file                 exit 3
    │   ├── ConfigError   a setting
    │   ├── ModelError    a model file: missing, unreadable, altered
    │   ├── PackError     rule packs: all located issues at once
    │   ├── StorageError  the database
    │   ├── DoorbellError the queue's server
    │   └── ProviderError the identity provider
    └── PolicyError       refused by policy                                          exit 4
        └── OutdatedError what it was made from has changed meanwhile

Messages never quote a transcript or personal data: they end up in logs and queues.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ConfigError",
    "DoorbellError",
    "ErrorKind",
    "InspectorError",
    "IntakeError",
    "IntakeFault",
    "ManifestError",
    "ModelError",
    "OutdatedError",
    "PackError",
    "PackIssue",
    "PolicyError",
    "ProviderError",
    "RecordingError",
    "SetupError",
    "StorageError",
    "StoredCallError",
    "StoredFault",
    "UsageError",
]


class ErrorKind(StrEnum):
    """Closed list of what can be wrong with one input; the ``kind`` of an error object."""

    NOT_FOUND = "not_found"
    NOT_READABLE = "not_readable"
    EMPTY_FILE = "empty_file"
    NOT_AUDIO = "not_audio"
    BAD_HEADER = "bad_header"
    NO_SAMPLES = "no_samples"
    UNSUPPORTED_CODEC = "unsupported_codec"
    UNSUPPORTED_LAYOUT = "unsupported_layout"
    TOO_LONG = "too_long"
    CHANGED_WHILE_READ = "changed_while_read"
    DECODE_FAILED = "decode_failed"
    DECODER_CRASHED = "decoder_crashed"
    TOO_LARGE = "too_large"
    NO_ROOM = "no_room"
    HEARING_FAILED = "hearing_failed"
    BAD_CALL_TEXT = "bad_call_text"
    BAD_MANIFEST_ROW = "bad_manifest_row"


class InspectorError(Exception):
    """Base of all errors of ours.

    ``remedy`` is what the reader can do; empty only when the message says it already.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} → {self.remedy}" if self.remedy else self.message


class UsageError(InspectorError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ManifestError(UsageError):
    """A manifest cannot be used as a whole (unreadable, no header, no call id column)."""


class RecordingError(InspectorError):
    """One input cannot be heard or judged. Becomes an error object; never retried, never stops its neighbours."""

    def __init__(self, kind: ErrorKind, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.kind = kind


class StoredFault(StrEnum):
    """Closed list of what can be wrong with one stored call; the ``kind`` of its error object."""

    NOT_ON_RECORD = "not_on_record"
    NO_HEARING = "no_hearing"
    UNREADABLE = "unreadable"
    PROCESS_DIED = "process_died"


class StoredCallError(InspectorError):
    """One stored call cannot be judged again. Becomes an error object; never stops its neighbours."""

    def __init__(self, kind: StoredFault, call_id: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.kind, self.call_id = kind, call_id


class IntakeFault(StrEnum):
    """Closed list of why something that was handed in is not accepted, beside faults of files and rows."""

    NO_ROW = "no_row"
    BAD_NAME = "bad_name"
    CONFLICT = "conflict"


class IntakeError(InspectorError):
    """One file or call is not accepted. Becomes an error object; never stops its neighbours."""

    def __init__(self, kind: IntakeFault, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.kind = kind


class SetupError(InspectorError):
    """Something this machine needs is missing or wrong; found before the first file."""

    exit_code = 3


class ConfigError(SetupError):
    """A setting is unknown or has an impossible value."""


class ModelError(SetupError):
    """A model file is missing, unreadable or not byte for byte what it should be."""


class StorageError(SetupError):
    """The database cannot be opened, migrated or written."""


class DoorbellError(SetupError):
    """The queue's server (Redis or Valkey) cannot be started or reached. No call is lost by it, none is begun."""


class ProviderError(SetupError):
    """The identity provider cannot be reached, or what it says will not do. Nobody is signed in by it."""


@dataclass(frozen=True, slots=True)
class PackIssue:
    """One located fault of a rule pack, printed as ``file:rule:field  what → what to do``."""

    file: str
    rule: str
    field: str
    what: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        text = f"{self.file}:{self.rule or '-'}:{self.field or '-'}  {self.what} → {self.remedy}"
        # Names are as somebody wrote them: what cannot be seen, a line break too, is shown by its code
        return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


class PackError(SetupError):
    """Rule packs that cannot judge. Holds every issue found, not just the first."""

    def __init__(self, issues: tuple[PackIssue, ...]) -> None:
        super().__init__("\n".join(str(issue) for issue in issues), "")
        self.issues = issues


class PolicyError(InspectorError):
    """Refused by policy, not by inability."""

    exit_code = 4


class OutdatedError(PolicyError):
    """Somebody writes over what he has not seen: it was changed meanwhile. Nothing was written."""
