"""What the analyst is told instead of a traceback."""


class UserError(Exception):
    """An error whose message is French and says what is wrong, where, and what is expected."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it (IPython asks for this): the message, without our code."""
        return str(self).splitlines()


class UnknownEdition(UserError, FileNotFoundError):
    """There is no such edition."""
