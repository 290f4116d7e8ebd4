"""The Mayor's orders: from texts to matters, their chains, and what one does to another. Pure throughout."""
