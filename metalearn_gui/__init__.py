"""MetaLearn Playground: learning to learn, under the hand."""

__version__ = "0.1.0"
