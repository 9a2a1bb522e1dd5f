"""The window: what the session holds, shown; what a hand does, passed on to the session.

Read `main_window.py` first, which lays out, then `panel.py`, what every card is, and one card: `panels/meta_loss.py`.
Menus, keys and the palette are data in `actions.py`, forms are made from settings in `form.py`, and tasks are drawn and
touched in `canvas`.
"""
