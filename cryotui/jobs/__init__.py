"""Long headless work. Each job is a module of its own; the first ones come with backups and migrations."""
