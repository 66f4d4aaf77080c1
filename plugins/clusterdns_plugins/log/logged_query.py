"""A query and its reply, decoded, for formats and classes."""

from dataclasses import dataclass, replace

from clusterdns.dns.constants import Flag
from clusterdns.dns.message import Message, Question
from clusterdns.plugin import Client, Query, Reply

__all__ = ["LoggedQuery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedQuery:
    """A request from `client`, and its reply after `duration` seconds.

    `question` is what was answered; the reply has no OPT and is not cut to the client's size.
    """

    request: Message
    question: Question
    client: Client
    reply: Message
    duration: float

    @classmethod
    def of(cls, query: Query, reply: Reply, *, duration: float) -> "LoggedQuery":
        """A query that went through the chain."""
        request = query.message
        message = Message(
            id=request.id,
            opcode=request.opcode,
            flags=reply.flags | request.flags & (Flag.RD | Flag.CD),
            rcode=reply.rcode,
            question=(query.question,),
            answer=reply.answer,
            authority=reply.authority,
            additional=reply.additional,
        )
        return cls(
            request=request, question=query.question, client=query.client, reply=message, duration=duration
        )

    @classmethod
    def of_messages(cls, request: Message, reply: Message, client: Client) -> "LoggedQuery":
        """A query that was answered from memory, in no time worth naming."""
        return cls(
            request=request,
            question=request.question[0],
            client=client,
            reply=replace(reply, edns=None),
            duration=0.0,
        )
