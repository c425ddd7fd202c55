"""French: numbers, dates, typography, hand-written texts, and where a number comes from in words."""
