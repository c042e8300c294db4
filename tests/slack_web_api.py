"""The Web API: tokens and scopes, conversations, people, views, assistant threads and OAuth. The
chat methods are in `slack_messaging.py`, the tables in `slack_methods.py`.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable

from slack_blocks import Payload, check_prompts, check_view
from slack_messaging import Messaging
from slack_methods import KINDS, SCOPES, WITHOUT_TOKEN, Refusal
from slack_records import Channel, Installation, Message, Person, View, filled, unique
from slack_workspace import OAUTH_CODE_LIVES

TRIGGER_LIVES = 3.0  # "views.open": a trigger is good for three seconds
VIEWS_IN_A_STACK = 3  # "Modals": the first view and two pushed onto it
VIEW_JSON = 250_000


class WebApi(Messaging):
    """Every method by name, called with its arguments once token and scopes are seen to.

    `home_tab` and `agent_view` say what the app's manifest has.
    """

    def __init__(self, bot_token: str, scopes: Iterable[str] | None, app_token: str) -> None:
        super().__init__(bot_token, scopes)
        self.bot_token, self.app_token = bot_token, app_token
        self.home_tab = self.agent_view = True
        self._methods: dict[str, Callable[[Payload], Payload]] = {
            "auth.test": self._auth_test,
            "auth.revoke": self._auth_revoke,
            "oauth.v2.access": self._oauth_access,
            "openid.connect.token": lambda arguments: self.openid.token(arguments),
            "openid.connect.userInfo": lambda _: self.openid.about(self._bearer),
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "chat.startStream": self._start_stream,
            "chat.appendStream": self._append_stream,
            "chat.stopStream": self._stop_stream,
            "conversations.info": self._info,
            "conversations.members": self._members,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
            "users.info": self._user,
            "views.open": self._views_open,
            "views.push": self._views_push,
            "views.update": self._views_update,
            "views.publish": self._views_publish,
            "assistant.threads.setStatus": self._set_status,
            "assistant.threads.setTitle": self._set_title,
            "assistant.threads.setSuggestedPrompts": self._set_prompts,
        }

    # Tokens and scopes ("Using token types", "Scopes")

    def _authorize(self, method: str, token: str) -> Installation | None:
        """Returns whose bot token it is, None for the app's own; raises Slack's refusals."""
        self._bearer = token
        if method in WITHOUT_TOKEN or token in self.openid.tokens:
            return None
        if not token:
            raise Refusal("not_authed")
        found = next((one for one in self.installations if one.token == token), None)
        if found is None and token != self.app_token:
            raise Refusal("invalid_auth")
        if found is not None and found.ended:
            raise Refusal(found.ended)
        if (found is None) != (method == "apps.connections.open"):
            raise Refusal("not_allowed_token_type")
        return found

    def _needed(self, method: str, arguments: Payload) -> list[str]:
        """Returns the scopes of which one will do for this call."""
        words = SCOPES[method].split()
        channel = self.channels.get(str(arguments.get("channel")))
        if len(words) != len(KINDS):
            return words
        if channel is not None:
            return [words[KINDS.index(channel.kind)]]
        if method == "conversations.open" and "users" in arguments:
            several = len(_listed(arguments["users"])) > 1
            return [words[KINDS.index("mpim" if several else "im")]]
        return words

    def _permitted(self, method: str, arguments: Payload) -> None:
        needed = self._needed(method, arguments)
        if needed and not self.caller.scopes & set(needed):
            provided = ",".join(sorted(self.caller.scopes))
            raise Refusal("missing_scope", needed=",".join(needed), provided=provided)

    def _auth_test(self, arguments: Payload) -> Payload:
        here = self.caller
        team = self.teams[here.team] if here.team else None
        domain = team.domain if team else "organisation"
        who = {
            "url": f"https://{domain}.slack.com/",
            "team": domain,
            "user": self.bot_name,
            "team_id": here.team or here.enterprise,
            "user_id": here.bot_user,
            "bot_id": here.bot,
            "is_enterprise_install": here.team is None,
        }
        return who | ({"enterprise_id": here.enterprise} if here.enterprise else {})

    def _auth_revoke(self, arguments: Payload) -> Payload:
        test = str(arguments.get("test", "")).lower() in ("1", "true")
        if not test:
            self.caller.ended = "token_revoked"
        return {"revoked": not test}

    def _oauth_access(self, arguments: Payload) -> Payload:
        """Follows "oauth.v2.access"; a code is good for one exchange with the same redirect."""
        if arguments.get("client_id") != self.client_id:
            raise Refusal("invalid_client_id")
        if arguments.get("client_secret") != self.client_secret:
            raise Refusal("bad_client_secret")
        if arguments.get("grant_type", "authorization_code") != "authorization_code":
            raise Refusal("invalid_grant_type")
        grant = self.grants.get(str(arguments.get("code")))
        if grant is None or self.now() - grant.born > OAUTH_CODE_LIVES:
            raise Refusal("invalid_code")
        if grant.uses:
            raise Refusal("code_already_used")
        if arguments.get("redirect_uri") != grant.redirect_uri:
            raise Refusal("bad_redirect_uri")
        grant.uses += 1
        team = self.teams[grant.team]
        widely = grant.organisation and team.enterprise is not None
        if widely:
            made = self.install_organisation(str(team.enterprise), scopes=grant.scopes)
        else:
            made = self.install(team.id, scopes=grant.scopes)
        organisation = {"id": team.enterprise, "name": "The organisation"}
        return {
            "access_token": made.token,
            "token_type": "bot",
            "scope": ",".join(sorted(made.scopes)),
            "bot_user_id": made.bot_user,
            "app_id": self.app_id,
            "team": None if widely else {"id": team.id, "name": team.domain},
            "enterprise": organisation if team.enterprise else None,
            "is_enterprise_install": widely,
            "authed_user": {"id": grant.user},
        }

    # conversations.* and users.info

    def _channel_json(self, channel: Channel) -> Payload:
        body: Payload = {"id": channel.id, "created": 1_700_000_000}
        body |= {"is_archived": channel.archived, "context_team_id": channel.team}
        body |= {"is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim"}
        if channel.kind == "im":
            user = next(one for one in channel.members if one in self.users)
            return body | {"user": user, "is_user_deleted": self.users[user].deleted}
        private = channel.kind != "channel"
        body |= {"is_channel": not private, "is_group": private, "is_private": private}
        body |= {"name": channel.name, "num_members": len(channel.members)}
        return body | {"is_member": self.caller.bot_user in channel.members}

    def _info(self, arguments: Payload) -> Payload:
        return {"channel": self._channel_json(self._channel(arguments.get("channel")))}

    def _members(self, arguments: Payload) -> Payload:
        channel = self._channel(arguments.get("channel"))
        page, cursor = self._paged(sorted(channel.members), arguments)
        return {"members": page, "response_metadata": {"next_cursor": cursor}}

    def _open(self, arguments: Payload) -> Payload:
        if "channel" in arguments:
            channel = self._channel(arguments["channel"])
            if channel.kind not in ("im", "mpim"):
                raise Refusal("method_not_supported_for_channel_type")
            return {"channel": self._channel_json(channel)}
        users = _listed(arguments.get("users"))
        if not users:
            raise Refusal("users_list_not_supplied")
        people = [self.users.get(user) for user in users]
        if not all(person is not None and self._reaches(person.team) for person in people):
            raise Refusal("user_not_found")
        if any(person is not None and person.deleted for person in people):
            raise Refusal("user_disabled")
        if any(person is not None and person.bot for person in people):
            raise Refusal("cannot_dm_bot")
        if len(users) > 8:
            raise Refusal("too_many_users")
        if len(users) == 1:
            return {"channel": self._channel_json(self.channels[self.im(users[0])])}
        key = "G" + "".join(user[2:5] for user in sorted(users))
        team = self.users[users[0]].team
        members = {*users, self.caller.bot_user}
        group = Channel(key, f"mpdm-{key.lower()}", "mpim", members, team=team)
        return {"channel": self._channel_json(self.channels.setdefault(key, group))}

    def _paged(self, rows: list[str], arguments: Payload) -> tuple[list[str], str]:
        limit = int(arguments.get("limit") or 100)
        try:
            start = int(b64decode(arguments.get("cursor") or "", validate=True) or 0)
        except ValueError as error:
            raise Refusal("invalid_cursor") from error
        more = len(rows) > start + limit
        cursor = b64encode(str(start + limit).encode()).decode() if more else ""
        return rows[start : start + limit], cursor

    def _page(self, messages: list[Message], arguments: Payload) -> Payload:
        oldest, latest = (float(arguments.get(name) or 0) for name in ("oldest", "latest"))
        edges, metadata = (
            str(arguments.get(name, "")).lower() in ("1", "true")
            for name in ("inclusive", "include_all_metadata")
        )

        def wanted(message: Message) -> bool:
            ts = float(message.ts)
            inside = oldest < ts and (not latest or ts < latest)
            return inside or (edges and ts in (oldest, latest))

        kept = {message.ts: message for message in messages if wanted(message)}
        page, cursor = self._paged(list(kept), arguments)
        shown = [self._message_json(kept[ts], metadata=metadata) for ts in page]
        more = {"next_cursor": cursor}
        return {"messages": shown, "has_more": bool(cursor), "response_metadata": more}

    def _replies(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments.get("channel"))
        found = self.find(channel.id, str(arguments.get("ts")))
        if found is None:
            raise Refusal("thread_not_found")
        return self._page([found, *self.replies(channel.id, found.ts)], arguments)

    def _history(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments.get("channel"))
        roots = [m for m in channel.history if not m.deleted and m.thread_ts in (None, m.ts)]
        return self._page(roots[::-1], arguments)

    def _user(self, arguments: Payload) -> Payload:
        user = str(arguments.get("user"))
        if user == self.caller.bot_user:
            team = self.caller.team or next(
                t.id for t in self.teams.values() if self._reaches(t.id)
            )
            return {"user": self._user_json(Person(user, self.bot_name, team, bot=True))}
        person = self.users.get(user)
        if person is None or not self._reaches(person.team):
            raise Refusal("user_not_found")
        return {"user": self._user_json(person)}

    # views.* ("views.open", "Modals", "Home tab")

    def _checked(self, view: object, *kinds: str) -> Payload:
        if problems := check_view(view, *kinds):
            raise Refusal("invalid_arguments", *problems)
        content = dict(view) if isinstance(view, dict) else {}
        if len(json.dumps(content)) > VIEW_JSON:
            raise Refusal("view_too_large")
        return {**content, "blocks": filled(content["blocks"])}

    def _triggered(self, arguments: Payload) -> tuple[str, Payload]:
        """Uses a trigger up; returns whose it was and the view that may be shown for it."""
        permit = self.triggers.get(str(arguments.get("trigger_id")))
        if permit is None:
            raise Refusal("invalid_trigger_id")
        if permit.uses:
            raise Refusal("exchanged_trigger_id")
        if self.now() - permit.born > TRIGGER_LIVES:
            raise Refusal("expired_trigger_id")
        content = self._checked(arguments["view"], "modal")
        external = content.get("external_id")
        if external and external in [view.content.get("external_id") for view in self.views]:
            raise Refusal("duplicate_external_id")
        if not self._reaches(self.users[permit.user].team):
            raise Refusal("invalid_trigger_id")
        return str(arguments["trigger_id"]), content

    def _views_open(self, arguments: Payload) -> Payload:
        trigger, content = self._triggered(arguments)
        permit = self.triggers[trigger]
        permit.uses += 1
        return {"view": self._view_json(self._present(permit.user, content))}

    def _views_push(self, arguments: Payload) -> Payload:
        trigger, content = self._triggered(arguments)
        permit = self.triggers[trigger]
        under = next((v for v in reversed(self.views) if v.open and v.user == permit.user), None)
        if under is None:
            raise Refusal("not_found")
        view = self._push(under, content)
        permit.uses += 1
        return {"view": self._view_json(view)}

    def _push(self, under: View, content: Payload) -> View:
        height, below = 1, under.under
        while below is not None:
            height, below = height + 1, below.under
        if height >= VIEWS_IN_A_STACK:
            raise Refusal("push_limit_reached")
        view = self._present(under.user, content)
        view.under = under
        return view

    def _present(self, user: str, content: Payload) -> View:
        view = View(unique("V"), user, content, self._next_ts())
        self.views.append(view)
        return view

    def _redraw(self, view: View, content: Payload) -> None:
        view.revisions.append(view.content)
        view.content, view.hash = content, self._next_ts()

    def _views_update(self, arguments: Payload) -> Payload:
        for view in self.views:
            names = (view.id, view.content.get("external_id") or None)
            if view.open and (arguments.get("view_id") or arguments.get("external_id")) in names:
                break
        else:
            raise Refusal("not_found")
        if arguments.get("hash") not in (None, view.hash):
            raise Refusal("hash_conflict")
        self._redraw(view, self._checked(arguments["view"], "modal"))
        return {"view": self._view_json(view)}

    def _views_publish(self, arguments: Payload) -> Payload:
        user = str(arguments["user_id"])
        content = self._checked(arguments["view"], "home")
        if not self.home_tab:
            raise Refusal("not_enabled")
        person = self.users.get(user)
        if person is None or person.deleted or not self._reaches(person.team):
            raise Refusal("invalid_arguments", "user_not_found [json-pointer:/user_id]")
        home = self.homes.get(user)
        if home is not None and arguments.get("hash") not in (None, home.hash):
            raise Refusal("hash_conflict")
        if home is None:
            home = self.homes[user] = View(unique("V"), user, content, self._next_ts())
        else:
            self._redraw(home, content)
        return {"view": self._view_json(home)}

    # assistant.threads.* ("AI in Slack")

    def _thread(self, arguments: Payload) -> tuple[str, str]:
        channel = self._inside(arguments["channel_id"])
        ts = self._root(channel, arguments["thread_ts"], "invalid_thread_ts")
        return channel.id, str(ts)

    def _set_status(self, arguments: Payload) -> Payload:
        thread = self._thread(arguments)
        loading = arguments.get("loading_messages") or []
        if not isinstance(loading, list) or len(loading) > 10:
            raise Refusal("invalid_arguments", "no more than 10 items allowed")
        self._dressed(arguments, "assistant.threads.setStatus")
        self.statuses[thread] = str(arguments["status"])
        self._status_since[thread] = self.now()
        if not arguments["status"]:
            del self.statuses[thread]  # an empty status clears it, as the app's next message does
        return {}

    def _set_title(self, arguments: Payload) -> Payload:
        self.titles[self._thread(arguments)] = str(arguments["title"])
        return {}

    def _set_prompts(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments["channel_id"])
        thread_ts = self._root(channel, arguments.get("thread_ts"), "invalid_thread_ts")
        if thread_ts is None and not self.agent_view:
            raise Refusal("invalid_arguments", "missing required field: thread_ts")
        if problems := check_prompts(arguments["prompts"]):
            raise Refusal("invalid_arguments", *problems)
        if thread_ts is not None and self.agent_view:
            # the method's page: in the agent experience a call with thread_ts fails in silence
            self.violations.append(
                "assistant.threads.setSuggestedPrompts: thread_ts is not for agents"
            )
            return {}
        kept = {"title": arguments.get("title"), "prompts": arguments["prompts"]}
        self.prompts[channel.id, thread_ts] = kept
        return {}


def _listed(given: object) -> list[str]:
    if isinstance(given, str):
        return [one for one in given.split(",") if one]
    return [str(one) for one in given] if isinstance(given, list) else []
