"""Maps of the member communes: their population and its growth, the places of the actions.

Everything drawn was computed before. Each is a kind of chart like the others: see ``charts``, which
imports these modules so that they register.
"""
