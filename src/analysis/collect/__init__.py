"""Excel forms out to the services, and their answers back into ``data/raw``.

In the order of a year:

- ``new_year`` opens the edition's folder; ``requests`` says who is asked what.
- ``forms`` writes a workbook for each service: ``form_contract`` (sheets and columns, for both
  ways), ``form_writer`` and ``form_styles`` (the .xlsx).
- ``collecting`` reads a folder of returned workbooks: ``safe_opening`` (nothing harmful gets in),
  ``form_reader`` (sheets, columns and rows found again), ``cell_answers`` (one cell to a value),
  ``row_answers`` (one row to an answer, checked against what was asked).
- ``importing`` compares the answers with the ``snapshot`` of the dossier and changes raw files
  through ``raw_edits``; ``outcomes`` holds what became of each answer.
- ``feedback`` returns annotated copies to the services and a report to the analyst.
- ``status`` and ``status_page`` say who has answered and what is still missing.
"""
