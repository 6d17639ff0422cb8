"""What the page shows: pure functions from data to HTML. Everything that comes from outside is escaped here."""
