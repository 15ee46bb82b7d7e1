"""A program's forward pass run once on values that note what is done with them."""
