"""Long headless work."""
