"""From steps to programs: rules and layers run on values that note what is done to them."""
