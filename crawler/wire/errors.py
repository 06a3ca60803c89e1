"""Why a server gave no answer at all, in words."""

from __future__ import annotations


class NoAnswerError(Exception):
    """Not a byte of an answer came."""


class SilentError(NoAnswerError):
    """The time was up before anything came."""


class UnresolvedError(NoAnswerError):
    """The host's name was not resolved: nothing is said of the host."""


class NoSuchNameError(UnresolvedError):
    """The name servers say that there is no such name, or that it has no address."""


class SilentNamesError(SilentError, UnresolvedError):
    """The name servers did not answer in time."""


class RefusedError(NoAnswerError):
    """It makes no sense to try again: nothing was asked."""


class ForbiddenAddressError(RefusedError):
    """The host's name leads to addresses that may not be connected to."""


class BadCertificateError(RefusedError):
    """The server cannot prove who it is."""
