"""Everything that asks before it does: actions, the level, leaving. The gate itself is the desk's."""
