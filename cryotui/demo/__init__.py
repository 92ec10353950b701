"""The sample laboratory: a private server, its data with planted troubles, and applications that keep it busy."""
