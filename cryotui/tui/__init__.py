"""Floor 5: the console. The only floor that knows Textual."""
