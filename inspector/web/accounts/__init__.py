"""Who is signed in: accounts, sessions, the first set-up, people, tokens."""
