"""What is known, and its grammar: tables and columns, periods, references, formulas, the edition.

``schema`` defines every table and column of ``data/raw``; ``store`` holds an edition, the only
reader and writer of ``data/processed``; ``formulas`` reads, checks and evaluates formulas;
``queries`` writes down what was asked of an edition.
"""
