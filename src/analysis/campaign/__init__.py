"""Many territories and years at once: the chapters of each edition, on this machine or a cluster.

May import what a production needs. ``plan`` says which editions, ``work`` does one (on any machine
that sees the dossiers' folders), ``machines`` are who does it, ``running`` hands the work out.
"""
