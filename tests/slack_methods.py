"""The Web API by its tables: what each method takes, which scopes it needs, how a request is signed
and how Slack refuses.
"""

import hashlib
import hmac

from slack_blocks import Payload

# Arguments: "name!" is required. Anything else is a slip Slack would not mention.

_SHOWN = "text blocks attachments markdown_text as_user icon_emoji icon_url link_names"
_STREAM = "channel! ts! markdown_text chunks"
_PAGES = "cursor inclusive include_all_metadata latest limit oldest"
ARGUMENTS: dict[str, str] = {
    "auth.test": "",
    "auth.revoke": "test",
    "apps.connections.open": "",
    "oauth.v2.access": "client_id client_secret code redirect_uri grant_type code_verifier",
    "openid.connect.token": "client_id client_secret code redirect_uri grant_type refresh_token",
    "openid.connect.userInfo": "",
    "chat.postMessage": f"channel! {_SHOWN} metadata thread_ts reply_broadcast mrkdwn parse"
    " unfurl_links unfurl_media unfurl_app_links username",
    "chat.postEphemeral": f"channel! user! {_SHOWN} thread_ts parse username",
    "chat.update": "channel! ts! text blocks attachments markdown_text metadata as_user link_names"
    " parse reply_broadcast file_ids unfurled_attachments",
    "chat.delete": "channel! ts! as_user",
    "chat.getPermalink": "channel! message_ts!",
    "chat.startStream": "channel! thread_ts! markdown_text chunks recipient_user_id"
    " recipient_team_id task_display_mode icon_emoji icon_url username",
    "chat.appendStream": _STREAM,
    "chat.stopStream": f"{_STREAM} blocks metadata",
    "conversations.info": "channel include_locale include_num_members",
    "conversations.members": "channel cursor limit",
    "conversations.open": "channel users return_im prevent_creation",
    "conversations.replies": f"channel ts {_PAGES}",
    "conversations.history": f"channel {_PAGES}",
    "users.info": "user include_locale",
    "views.open": "view! trigger_id interactivity_pointer",
    "views.push": "view! trigger_id interactivity_pointer",
    "views.update": "view! view_id external_id hash",
    "views.publish": "user_id! view! hash",
    "assistant.threads.setStatus": "channel_id! thread_ts! status! loading_messages icon_emoji"
    " icon_url username",
    "assistant.threads.setTitle": "channel_id! thread_ts! title!",
    "assistant.threads.setSuggestedPrompts": "channel_id! prompts! thread_ts title",
}
FORM_ONLY = {  # whose JSON bodies stay unread
    "chat.getPermalink",
    "conversations.info",
    "conversations.members",
    "conversations.replies",
    "oauth.v2.access",
    "users.info",
}
JSON_ARGUMENTS = {
    "attachments",
    "blocks",
    "chunks",
    "loading_messages",
    "metadata",
    "prompts",
    "view",
}

# Scopes of a bot token, as each method's page lists them. With several words, the one for the kind
# of conversation is asked for: channel, group, im, mpim. No word: any token will do.

KINDS = ("channel", "group", "im", "mpim")
_HISTORY = "channels:history groups:history im:history mpim:history"
_READ = "channels:read groups:read im:read mpim:read"
SCOPES: dict[str, str] = {
    "auth.test": "",
    "auth.revoke": "",
    "apps.connections.open": "",  # connections:write, which every app-level token here has
    "oauth.v2.access": "",
    "openid.connect.token": "",
    "openid.connect.userInfo": "",  # openid, which every token of a sign-in has
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.getPermalink": "",
    "chat.startStream": "chat:write",
    "chat.appendStream": "chat:write",
    "chat.stopStream": "chat:write",
    "conversations.info": _READ,
    "conversations.members": _READ,
    "conversations.open": "channels:manage groups:write im:write mpim:write",
    "conversations.replies": _HISTORY,
    "conversations.history": _HISTORY,
    "users.info": "users:read",
    "views.open": "",
    "views.push": "",
    "views.update": "",
    "views.publish": "",
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setTitle": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
}
ALL_SCOPES = frozenset(word for words in SCOPES.values() for word in words.split()) | {
    "app_mentions:read",
    "commands",
}
WITHOUT_TOKEN = {"oauth.v2.access", "openid.connect.token"}  # the client's secret speaks for it


class Refusal(Exception):
    """Slack's `{"ok": false, "error": …}`.

    `messages` say why, `status` is for response URLs, `more` are further fields of the answer.
    """

    def __init__(self, error: str, *messages: str, status: int = 400, **more: str) -> None:
        super().__init__(error)
        self.error, self.messages, self.status = error, list(messages), status
        self.more: Payload = dict(more)


def sign(secret: str, timestamp: str, body: str) -> str:
    """Returns the X-Slack-Signature of a request, as in "Verifying requests from Slack"."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
