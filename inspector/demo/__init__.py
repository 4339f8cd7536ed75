"""A filled console to look at: sample calls really heard, three weeks of them over invented days, people who work."""
