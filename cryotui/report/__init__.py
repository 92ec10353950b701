"""How results are written: text, JSON, CSV, Markdown. Pure functions from values to text."""
