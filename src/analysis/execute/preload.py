"""What the fork server imports once for all tasks, for its cost and never for its names.

A value made here would be seen by every notebook.
"""
