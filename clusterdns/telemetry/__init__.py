"""What a running server tells of itself: its log and its metrics."""
