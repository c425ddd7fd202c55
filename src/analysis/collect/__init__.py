"""Excel forms out to the services, and back in."""
