"""The REST API of what was sold and documented, and what every endpoint shares: keys, errors, pages, repeated requests."""
