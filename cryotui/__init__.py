"""cryotui: the terminal console for a PostgreSQL or Supabase database that needs care."""

__version__ = "0.1.0"
