"""French: numbers, dates, typography, hand-written texts, and the trail of a number."""
