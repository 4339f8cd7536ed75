"""What is told outside: notices written with what they tell of, and how far each receiver has them."""
