"""The random sample: who is drawn, by whose secret, and how anybody can check it. Pure."""
