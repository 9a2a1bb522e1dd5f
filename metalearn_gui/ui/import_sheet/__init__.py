"""The import sheet: what is a task, what goes in and what comes out of a table, seen before it is taken."""
