"""``python -m inspector`` is ``inspector``."""

from inspector.cli.app import main

main()
