"""The command line: arguments and commands, both thin.

``choosing`` finds editions, ``making`` has the commands that produce,
``rerunning`` those that prepare another year, ``arguments`` what can be asked for.
"""
