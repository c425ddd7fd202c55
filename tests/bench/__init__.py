"""How fast the project is: every way of executing an edition's notebooks and of making its book,
and what one change takes in a preview, in one run, one after the other in turn; and how its time
and memory grow with the number of territories.

``python -m tests.bench`` and ``python -m tests.bench scale``, from the project. Asserts nothing:
seconds belong to a machine, and to its mood; ratios are for the reader.

``spending`` runs a program and counts what it cost, ``subject`` makes the dossiers that are
measured, ``ways`` names what is compared, ``saving`` changes a file under a preview, ``rounds``
compares, ``scale`` does many territories, ``tables`` writes. The programs of ``programs`` run in
processes of their own.
"""
