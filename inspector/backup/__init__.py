"""An installation in one file: its database and the secrets that a restored one needs."""

from inspector.backup.archive import Manifest
from inspector.backup.copies import make_backup, restore_backup

__all__ = ["Manifest", "make_backup", "restore_backup"]
