"""Who signs in to the console: passwords, sessions, tokens, the first set-up."""

from inspector.storage.accounts.desk import Accounts
from inspector.storage.accounts.records import Account, ApiToken, WebSession

__all__ = ["Account", "Accounts", "ApiToken", "WebSession"]
