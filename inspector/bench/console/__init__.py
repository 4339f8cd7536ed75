"""``inspector bench console``: the console at very many calls, over HTTP and in a real browser."""
