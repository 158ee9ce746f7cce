"""How many of a document's events are shown at once: a document has three or four, unless somebody floods it."""

from collections.abc import Sequence

from invoices.models import TitleEvent

MOST_SHOWN = 25
MOST_IN_API = 100


def shortened(events: Sequence[TitleEvent], *, most: int) -> tuple[list[TitleEvent], int]:
    """
    Those that are shown, in the order given, and how many are not.

    First those that count, so that no flood hides one; then those that came last, so that whoever uploads one finds it.
    """
    ranked = sorted(events, key=lambda event: (event.counts, event.pk), reverse=True)
    chosen = {event.pk for event in ranked[:most]}
    return [event for event in events if event.pk in chosen], len(events) - len(chosen)
