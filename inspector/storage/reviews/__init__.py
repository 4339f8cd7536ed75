"""What people say of calls: items handed out, claimed, reviewed."""
