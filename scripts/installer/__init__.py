"""What scripts/setup, demo, test and bundle are made of. Standard library only: it runs before all installs."""
