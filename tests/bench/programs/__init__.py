"""What is measured and is no command of the project's: each runs in a process of its own, with a
clock of its own where its start does not count (the last line that it prints is then the result).
"""
