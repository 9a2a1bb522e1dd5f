"""Between the engine and the window: threads, mailbox, session."""
