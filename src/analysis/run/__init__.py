"""Everything in order: a production and what it keeps, campaigns of many, the command line."""
