"""Mail on its way out and back: the outbox, the server, what bounces."""
