"""Between the engine and the window: threads, mailbox, session. QtCore only; no widget is known here.

Read `session.py` first: the one mutable object, which every panel shows. `course.py` says how settings, runs and the
worker follow from each other, `training.py` and `runner.py` how a run trains on a thread of its own, `unseen.py` how
the task under the hand is adapted to, and `watched.py` what is computed only while somebody looks.
"""
