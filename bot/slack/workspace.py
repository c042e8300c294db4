"""A workspace the assistant is installed in: how it speaks there, and who it is."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True)
class Workspace:
    """A client with the workspace's token, and the assistant's own user id there."""

    client: AsyncWebClient
    user: str | None


def speaking(client: AsyncWebClient, token: str | None) -> AsyncWebClient:
    """Return a client like the given one that speaks with a token; both share one session."""
    return AsyncWebClient(
        token=token,
        base_url=client.base_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        trust_env_in_session=client.trust_env_in_session,
        headers=client.headers,
        logger=client.logger,
        retry_handlers=client.retry_handlers,
    )
