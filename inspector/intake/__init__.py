"""From files and lists of calls to calls that are accepted: read through, brought to the disk, in the ledger."""
