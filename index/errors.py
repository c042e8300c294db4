"""What can go wrong between a directive's file and a hit; messages say what, which, what to do."""


class IndexingError(Exception):
    """Base of this package's errors; ``str(error)`` is one line for the person who reads it."""


class DirectiveRefused(IndexingError):
    """A directive's file or its directive.toml cannot be taken as it is."""


class ReadingRefused(IndexingError):
    """A rules, questions or vocabulary file does not fit the directive it reads."""


class EncoderRefused(IndexingError):
    """The embedding model cannot be loaded or is not the one that was pinned."""


class IndexUnusable(IndexingError):
    """The index folder cannot be read or written."""


class VersionsMissing(IndexingError):
    """Versions that are to be compared are not on file; the message names those that are."""


class CorpusUnusable(IndexingError):
    """The corpus folder cannot be written, or somebody else is writing in it."""
