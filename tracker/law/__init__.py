"""The law itself: its sections on a day, its versions, and bills that come back."""
