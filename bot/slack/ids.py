"""Names that Slack sends back: commands, actions, forms; the manifest has those it must know."""

from enum import StrEnum


class Action(StrEnum):
    """A button; those that open an address are still reported when they are used."""

    START_REQUEST = "start_request"
    OPEN_ORDER = "open_order"
    FILL_REQUEST = "fill_request"  # its value is the signed reference of the request's link
    SAVE_REQUEST = "save_request"
    TELL_ME = "tell_me"  # its value names the clauses of the answer, and their versions
    STOP_TELLING = "stop_telling"  # its value names one of them
    FEEDBACK = "feedback"
    THUMBS = "thumbs"
    SHARE = "share"
    KEEP = "keep"
    ASK = "ask"  # its value, where it has one, is the question to begin with
    ROLE = "role"  # a menu whose options are the members of Role
    WRITE_SUPERVISOR = "write_supervisor"
    WRITE_NEXT = "write_next"
    SHOW_KEPT = "show_kept"
    DELETE_DRAFTS = "delete_drafts"
    CHANNEL_SETTINGS = "channel_settings"
    SHOW_FEEDBACK = "show_feedback"
    LOOKED_AT = "looked_at"  # its value names the piece of feedback
    OPEN_REQUEST = "open_request"  # its value is the request's number
    CHANGE_REQUEST = "change_request"
    OPEN_ON_WEB = "open_on_web"  # its value, where it has one, is the request's number
    SIGN_IN = "sign_in"  # opens the address of a fresh link


class DeedAction(StrEnum):
    """A button that does something to a request, or opens the form that is needed for it."""

    AGREE = "request_agree"
    DECLINE = "request_decline"
    NOT_ME = "request_not_me"
    TAKE_BACK = "request_take_back"
    RECOMMEND = "request_recommend"
    NOT_RECOMMEND = "request_not_recommend"
    SEEN = "request_seen"
    ASK = "request_ask"
    GRANT = "request_grant"
    GRANT_WITH = "request_grant_with"
    DENY = "request_deny"
    REVOKE = "request_revoke"
    SEND_ON = "request_send_on"
    WITHDRAW = "request_withdraw"
    POSTED = "request_posted"


class View(StrEnum):
    """A view's callback id: which form a submission comes from."""

    HOME = "home"
    ASK = "ask"
    WORKING = "working"
    DRAFT = "draft"
    FEEDBACK = "feedback"
    FEEDBACK_LIST = "feedback_list"
    CHANNEL_CHOICE = "channel_choice"
    CHANNEL = "channel"
    KEPT = "kept"
    SHARE = "share"
    NOTICE = "notice"
    REQUEST = "request"  # its fields are those of ``bot.approvals.fields``, by their names
    REQUEST_CHECK = "request_check"
    REQUEST_SENT = "request_sent"
    REQUEST_FILE = "request_file"
    ON_THE_WEB = "on_the_web"
    DEED = "deed"
    DEED_DONE = "deed_done"


class Field(StrEnum):
    """A field of a form: its block id and its action id at once."""

    QUESTION = "question"
    RIGHT = "right"
    REASON = "reason"
    INCLUDE = "include"
    CHANNEL = "channel"
    PLACE = "place"
    FOLLOW = "follow"
    MUTED = "muted"
    DIRECTIVES = "directives"
    WORDS = "words"
    UNTIL = "until"


class Role(StrEnum):
    """What a person said they are; it chooses the examples and nothing else."""

    OFFICER = "officer"
    RECRUIT = "recruit"
    SUPERVISOR = "supervisor"


class Placement(StrEnum):
    """Where the answer to a mention goes."""

    PRIVATE = "private"
    THREAD = "thread"


class Following(StrEnum):
    """What is listened to in a channel."""

    MENTIONS = "mentions"
    THREADS = "threads"


class Shortcut(StrEnum):
    """A shortcut's callback id."""

    ASK = "ask"  # global
    CHECK_DRAFT = "check_draft"  # on a message


class Command(StrEnum):
    """A slash command."""

    POLICY = "/policy"


class Event(StrEnum):
    """An event type that a listener takes; every other one is acknowledged and left."""

    MENTION = "app_mention"
    MESSAGE = "message"
    HOME = "app_home_opened"
    UNINSTALLED = "app_uninstalled"
    REVOKED = "tokens_revoked"


class Scope(StrEnum):
    """A permission of the bot token, each with what it is for."""

    HEAR_MENTIONS = "app_mentions:read"
    AGENT = "assistant:write"  # comes with the agent_view feature
    READ_THREADS = "channels:history"  # earlier questions of the asker in a thread
    READ_PRIVATE_THREADS = "groups:history"  # the same in a private channel
    ANSWER = "chat:write"
    TAKE_COMMANDS = "commands"
    HEAR_DIRECT_MESSAGES = "im:history"
    FIND_DIRECT_MESSAGES = "im:write"  # where an answer that a form asked for was posted
    KNOW_ADMINISTRATORS = "users:read"  # who may set a channel, and a title for the examples


class Counted(StrEnum):
    """What is counted and never told: nobody is named, no text is kept."""

    REPEATED = "delivered again"
    NO_HISTORY = "thread could not be read"
    NO_STATUS = "status could not be shown"
    NO_PROMPTS = "prompts could not be suggested"
    MOVED = "answered in a direct message, since the channel took nothing"
    POSTPONED = "put off, since Slack took nothing"
    TAKEN_UP = "taken up after another process"
    TAKEN_OVER = "left to another process that had taken it up"
    GIVEN_UP = "too old to answer"
    UNHANDLED = "nobody listens to"
    FAILED = "failed"
    ELSEWHERE = "came from a workspace that never installed"
    REVOKED = "token was no longer good"
    UNSIGNED = "request that Slack did not sign just now"
    UNREADABLE = "request that could not be read"
    REFUSED = "question that could not be taken"
    NO_PROFILE = "who administers could not be asked"
    CARD_POSTED = "card of a request posted"
    CARD_UPDATED = "card of a request brought up to date"
    CARD_FOUND = "card of a request found where its record was lost"
    CARD_MOOT = "card of a request that had nothing more to say"
    CARD_LATER = "card of a request put off"
    UNREACHED = "person of a request who cannot be reached here"
    NOT_DONE = "deed on a request that was refused"
