"""Runs on disk: `records.py` says what a run is, `session_file.py` how a session is saved and read (SQLite).

No widgets. What is read is checked before it is believed; what is written replaces a file only once it is whole.
"""
