"""The command palette: everything that can be asked for, found by a few letters of its name."""
