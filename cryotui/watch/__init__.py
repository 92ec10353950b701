"""Floor 3: time. When to ask, who is told, what is kept."""
