"""Errors a caller may catch. Every message says what happened and what to do next."""


class RecsysError(Exception):
    """The base of all errors that Attune raises on purpose; `zh` says the same to a person who reads Chinese."""

    def __init__(self, message: str, zh: str = "") -> None:
        super().__init__(message)
        self.zh = zh or message


class EncoderUnavailable(RecsysError):
    """The language model cannot be found, unpacked or loaded."""


class CatalogError(RecsysError):
    """A catalogue file cannot be read, or names something that does not exist."""


class ModelMismatch(RecsysError):
    """Learned weights were made for another encoder, schema or version."""


class NotFound(RecsysError):
    """A session, item or event with this id does not exist."""


class InvalidInput(RecsysError):
    """An argument is outside what the call accepts."""


class StoreError(RecsysError):
    """The database cannot be opened, read or written, or was written by a newer version."""
