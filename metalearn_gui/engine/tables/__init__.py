"""Tables from files: their text format is guessed, their columns typed, and rows become the points of tasks."""
