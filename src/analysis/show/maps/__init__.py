"""The communes on one map: outlines, classes of what is known of each, and what a page needs to let
it be explored. Everything drawn was computed before.
"""
