"""The editors' side: who they are, what they decide, and what readers send them."""
