"""Records by the column: verdicts on any number of candidates, in bounded memory.

`lines` cuts statements into terms, `batch` numbers them, `plan` flattens the demands, `columns` holds them against all nodes at
once, `judging` gives the verdicts and `rows` the contract's rows. `sources` cuts files into pieces, `parts` works on a piece,
`ordered` finds what lies scattered and what belongs together, `run` is the whole.

Validation: `shape_plan` flattens the shapes, `conforming` holds them against all nodes at once, `screening` says which nodes an
engine has to look at, `screened` finds them in all pieces, `validation` asks the engine, and `validated_input` is the whole.
"""

__all__: list[str] = []
