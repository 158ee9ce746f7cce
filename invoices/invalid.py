"""What somebody asked for cannot be done as it was written."""


class Invalid(Exception):
    """
    The input does not hold; the text is a sentence for the user, in Spanish.

    :ivar field: the name of the argument that it is about, or an empty text for the whole.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
