"""Who signs in to the console: passwords, identities, sessions, tokens, the first set-up."""

from inspector.storage.accounts.desk import Accounts
from inspector.storage.accounts.records import Account, ApiToken, AuthorizationRequest, Identity, WebSession

__all__ = ["Account", "Accounts", "ApiToken", "AuthorizationRequest", "Identity", "WebSession"]
