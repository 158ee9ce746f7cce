"""Which channels there are."""

from django.conf import settings

from notifications.channels import Channel


def names() -> list[str]:
    """The names of all channels."""
    return list(settings.CHANNELS)


def get(name: str) -> Channel:
    """
    The channel of that name.

    :raises KeyError: there is none.
    """
    channel: Channel = settings.CHANNELS[name]
    return channel


def is_blind(name: str) -> bool:
    """Whether the channel never tells what became of a mail; one that is gone tells nothing either."""
    try:
        return get(name).reports == "none"
    except KeyError:
        return True
