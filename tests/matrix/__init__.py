"""Every route, every role, inside and outside its scope: declared apart from the product's table."""
