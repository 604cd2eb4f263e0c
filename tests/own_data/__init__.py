"""What people may ask about the data held of them."""
