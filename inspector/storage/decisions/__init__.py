"""What is decided from what people say: second looks, arbitration, score cards."""
