"""What cannot be read is refused, in words for the user."""


class Refused(Exception):
    """
    Something that came in cannot be taken.

    ``str()`` is one sentence in Spanish for the user, without the name of the file, which the caller puts before it;
    ``code`` is a short English slug for logs and tests.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
