"""Plumbing without a word of the trade: folders and files, CSV, zips, digests, errors, versions."""
