"""What a channel is handed: a letter ready to go, with the addresses on its envelope."""

from msgspec import Struct


class Parcel(Struct, frozen=True, kw_only=True):
    """`name` is of this letter alone and says nothing about people; `content` is the whole message as sent."""

    name: str
    sender: str
    recipient: str
    content: bytes
