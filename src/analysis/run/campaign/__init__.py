"""Many territories and years at once: the chapters of each edition, on this machine or a cluster.

``plan`` says which editions, ``work`` does one (on any machine
that sees the dossiers' folders), ``machines`` are who does it, ``running`` hands the work out.
"""
