"""Floor 2: the only floor that talks to PostgreSQL: connection strings, sessions, facts, the client programs."""
