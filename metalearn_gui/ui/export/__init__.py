"""The export sheet: every format and picture, written beside the running window and tried at once."""
