"""The fixed words of the Slack surface; what an answer says comes from the core."""

from bot.feedback import Right
from bot.slack.ids import Following, Placement, Role

NOT_APPROVAL = "This answer is not approval."
NO_PICTURES = "Images and files are not looked at: this rests on your words alone."
START = "Start a request"
FILL_HERE = "Fill it in here"
OPEN = "Open the order"
SHORTENED = "Quotes are shortened here. Each link opens the whole clause."
YOUR_SUPERVISOR = "Your supervisor on file: {person}."
NEXT_LEVEL = "{silent} The next level on file: {person}. That is a suggestion, not from the order."
WRITE_SUPERVISOR = "Write to {name}"
WRITE_NEXT = "Next level: {name}"
ON_ROSTER = "You are on the roster as {name}, {standing}, {unit}."
OFF_ROSTER = "You are not on the roster."
PRIVACY = (
    "Questions here are not confidential and may be reviewed. Leave out names, case facts and "
    "pictures. Asking is neither approval nor a report."
)
USAGE = (
    "Ask in your own words whether something you want to post, share or run online is in line with "
    "the orders on file, who has to agree, or what a clause or a word means."
)
EXAMPLES = (
    "whether something may be posted: say what it shows, where it goes, and if you are on duty",
    "a clause: its number, as in F.2",
    "a word: what counts as a blog",
    "who has to be asked, and in what form",
)
FAILED = (
    "Something went wrong, and your question has no answer. Please ask again. If it happens again, "
    "give {whom} this reference: {reference}"
)
UNCONFIRMED = (
    "Your answer was sent, but Slack did not confirm it. If you do not see it, please ask again. "
    "Reference: {reference}"
)
WHOM = "the people who run this assistant"
ASKED = "You asked:"
WAS_RIGHT = "Was this right?"
RIGHT = "This is right"
NOT_RIGHT = "This is not right"
SHARE = "Share in thread"
SHARE_CHANNEL = "Share in channel"
KEEP = "Keep to myself"
STATUS = "is reading the orders on file…"
MUTED_NOW = "I stay silent in this thread from now on. Tag me to ask again."
SWITCHED_OFF = (
    "I am switched off in this channel. Ask me in a direct message, where only you read the answer."
)
MOVED = "This could not be shown where you asked, so it is here."
LEFT_OUT = (
    "In this channel answers are about {kept} only, and this question is about another directive. "
    "Ask in a direct message."
)
SHARED_BY = "shared this answer. It is not approval."
SHARED_ASKED = "They asked:"
SHARED = "Shared."
SHARED_BEFORE = "This answer is shared already."
SHARING_NOW = "This answer is being shared. If it is not there in a minute, share it again."
NOT_SHARED = "It could not be shown there. Nothing was shared."
STALE = "This button belongs to an earlier version. Please ask again."
SHARE_TITLE = "Share this answer"
SHARE_ABOUT = "Everybody in the channel will read it. Who shared it is shown."
SHARE_WORDS = "Show my question with it"
THANKS = "Thank you. It is kept for the policy unit."
KEPT_YES = "Thank you. Your “right” is kept."
NOT_FOR_YOU = "Channel settings are for administrators of this workspace. Ask one of them."
SETTINGS_SAVED = "Saved. It holds from the next message on."
SHARE_SUBMIT = "Share"
DRAFT_ASKED = "I want to post: {draft}"
DRAFT_EMPTY = "This message has no words to check. Images and files are not looked at."
PROMPTS_TITLE = "What would you like to know?"
TOOK_EFFECT = "{name} took effect."
TAKES_EFFECT = "{name} takes effect on this day."
VERSION_TOOK_EFFECT = "{name} took effect in a version that has been superseded since."
REPLACED = "It replaced the version of {day}."
RESCINDED = "It rescinds {numbers}."


# Views: App Home and the forms. A title has room for 24 characters.

FIRST_USE = (
    "Before you ask, please read this once.",
    "Who can read it: your question goes through a Department system. It is not confidential. It "
    "may be reviewed, and it may be disclosed as a record. What you type in a channel is read by "
    "everybody there. The answer is shown to you alone, unless the channel is set to answer in "
    "the thread, or you share it.",
    "How long it is kept: your question, until it is answered. The draft of a request, for 24 "
    "hours, or until you send the request. Feedback: what you wrote, until the policy unit has "
    "looked at it; your choice, without your name, until somebody removes it. A request that you "
    "sent, until somebody removes it. Slack keeps messages by the workspace's own rules.",
    "Asking is neither approval nor a report.",
    "Please leave out names, case facts and pictures.",
)

QUESTIONS_KEPT = (
    "The Department's setting: the text of each question is kept, without who asked, and may be "
    "read by the policy unit."
)

CANCEL = "Cancel"
CLOSE = "Close"
SAVE = "Save"
SEND = "Send"
NEXT = "Next"
BLANK = "–"

ABOUT = (
    "{assistant} answers questions about the orders on file, with the clauses word for word. It "
    "decides nothing, reports nobody, and gives no legal advice."
)
ASK = "Ask a question"
ASK_THIS = "Ask this"
ASK_EXAMPLE = "Ask this example: {title}"
EXAMPLES_TITLE = "Examples"
ON_FILE = "Directives on file"
EFFECTIVE = "effective {effective}"
CHANGED = "changed {changed}"
NOTHING_ON_FILE = "No directive is on file yet."
MORE_ON_FILE = "{count} more are on file and not shown here. Ask {contacts}."
ALL_ON_FILE = "See all directives on file"
CHANGES = "Recent changes"
NO_CHANGES = "Nothing has changed lately."
MORE_CHANGES = "{count} older changes are not shown here. Ask {contacts}."
MY_REQUESTS = "My requests"
NO_REQUESTS = (
    "You have no requests. When an answer says that permission is needed and a way is open, it "
    "has a button “Start a request”."
)
MORE_REQUESTS = "{count} older requests are not shown here. Ask {contacts}."
WAITING = "Waiting for me"
NOTHING_WAITING = "Nothing waits for you."
MORE_WAITING = "{count} more wait. They are shown here as the ones above are done."
UPDATED = "{state}, {updated}"
SETTINGS = "Settings"
ROLE = "I am"
ROLE_HINT = "This only chooses the examples you see. It gives no rights and changes no answer."
ROLES = {Role.OFFICER: "Officer", Role.RECRUIT: "Recruit", Role.SUPERVISOR: "Supervisor"}
CHANNEL_SETTINGS = "Channel settings"
TO_LOOK_AT = "To look at: {count}"
TO_LOOK_AT_LABEL = "Feedback to look at: {count}"
WHOM_TO_ASK = "About the orders themselves, ask {contacts}."

QUESTION = "Your question"
QUESTION_EXAMPLE = "What you want to do, where, and if you are on duty"
NO_PICTURES_HERE = "Images and files are not looked at."
WORKING = "The orders on file are being read. This takes a few seconds."

DRAFT = "Draft against policy"
DRAFT_NOTHING_SENT = "Nothing was sent anywhere and this is not approval."
DRAFT_CUT = "The rest does not fit here. Ask about the draft in a message to see all of it."

FEEDBACK = "Was this right?"
FEEDBACK_ABOUT = "The answer was: {verdict}"
RIGHTS = {Right.YES: "Yes", Right.NO: "No", Right.UNSURE: "Not sure"}
REASON = "What was right or wrong about it"
REASON_HINT = "Leave out names and case facts."
INCLUDE = "Your question"
INCLUDE_TICK = "Include my question"
INCLUDE_HINT = "Your question is stored only if you tick this."
FEEDBACK_READERS = (
    "The policy unit reads this; its list does not show who wrote it. Your reason, and your "
    "question if you include it, are erased once it has been looked at. Your choice, which answer "
    "it is about, and a code in place of your Slack user stay until somebody removes them. It "
    "changes no order and no decision."
)

FEEDBACK_LIST = "To look at"
FEEDBACK_NONE = "There is no feedback to look at."
FEEDBACK_MORE = "{count} more are not shown here. They follow when these have been looked at."
FEEDBACK_RIGHT = "Was this right? {right}"
FEEDBACK_ANSWER = "{verdict} ({version})"
FEEDBACK_REASON = "Reason"
FEEDBACK_QUESTION = "Question, included by the asker"
LOOKED_AT = "Looked at"
LOOKED_AT_LABEL = "Mark feedback {number}, of {when}, as looked at"

CHANNEL = "Channel settings"
CHANNEL_CHOICE = "Which channel"
CHANNEL_CHOICE_HINT = "Invite the assistant to the channel first. Direct messages have no settings."
CHANNEL_ABOUT = "Settings for "
PLACE = "Where answers go"
PLACES = {
    Placement.PRIVATE: "To the asker alone",
    Placement.THREAD: "In the thread, for everybody there",
}
FOLLOW = "What is listened to"
FOLLOWS = {
    Following.MENTIONS: "Mentions only",
    Following.THREADS: "Mentions, and follow-ups in threads",
}
FOLLOW_HINT = (
    "Follow-ups are read only in threads where the assistant was called. It never joins a thread "
    "on its own."
)
MUTED = "Silence"
MUTED_TICK = "Muted: no answers to mentions in this channel"
MUTED_HINT = "Direct messages and the command are not affected."
DIRECTIVES = "Which directives"
DIRECTIVES_HINT = "Answers here are about these only. None chosen means all."
DIRECTIVES_FROM_TO = "{first} to {last}"

ON_THE_WEB = "Open your requests on the web"
ON_THE_WEB_TITLE = "On the web"
ON_THE_WEB_OPEN = "Open and sign in"
ON_THE_WEB_HOW = (
    "The link signs you in, once, within five minutes. Give it to nobody: whoever opens it acts "
    "under your name."
)
KEPT = "What is kept about me"
KEPT_NOTHING = "Nothing is kept about you."
KEPT_DRAFTS = "Drafts of requests"
KEPT_DRAFT = "“{begins}”, until {expires}"
KEPT_MORE_DRAFTS = "{count} more drafts"
KEPT_ALSO = "Also kept"
KEPT_ROLE = "That you are: {role}"
KEPT_NOTICE = "That you have seen the first-use notice"
KEPT_QUESTIONS = "Questions being answered now: {count}"
KEPT_FEEDBACK = "Feedback that you gave: {count}"
KEPT_REQUESTS = "Requests that you sent: {count}"
KEPT_HOW_LONG = "How long"
RETENTION = (
    "A draft is kept for 24 hours, or until you send the request.",
    "A question is kept until it is answered.",
    "What you wrote in feedback is kept until the policy unit has looked at it.",
    "Your choice in feedback is kept, without your name, until somebody removes it.",
    "What you chose under Settings is kept until you change it.",
    "That you have seen the first-use notice is kept so that it is not shown again.",
    "A request that you sent is kept until somebody removes it.",
    "That you asked to be told of a clause is kept until you take it away or the clause is gone.",
    "Slack keeps messages by the workspace's own rules.",
)
DELETE_DRAFTS = "Delete my drafts"
DELETE_DRAFTS_ASK = "Delete your drafts?"
DELETE_DRAFTS_MEANS = (
    "The links that start a request from these answers will stop working. Requests that you sent "
    "stay. This cannot be undone."
)
KEEP_DRAFTS = "Keep them"

WRITE_QUESTION = "Please write your question."
TOO_LONG = "Please use at most {most:,} characters."
CHOOSE = "Please choose one."
CHOOSE_CHANNEL = "Please choose a channel."
FORM_CHANGED = "This form has changed. Please close it and open it again."

REQUEST = "Approval request"
REQUEST_CHECK = "Read before sending"
REQUEST_NEXT = "Check"
REQUEST_SEND = "Send the request"
REQUEST_BACK = "Back"
REQUEST_SAVE = "Save and finish later"
REQUEST_SAVED = "Saved, not sent. It is kept until {expires}."
REQUEST_RESUMED = "This is what you saved. It is kept until {expires}."
REQUEST_RESTS = "It rests on {clauses}."
REQUEST_FLAGS = "What it touches on"
REQUEST_NAMED = "Other colleagues, who are not in this Slack"
REQUEST_NAMED_HINT = "One a line. Never write who works undercover."
REQUEST_PICKED_HINT = "Each of them will be asked. Never pick somebody to say who works undercover."
REQUEST_RECORD = (
    "What you write here may be reviewed, audited and disclosed. It is kept with the request."
)
REQUEST_IMAGE = "An image is added on the page, signed in. No file of Slack is ever fetched. "
REQUEST_HAS_IMAGE = (
    "An image goes with it, which Slack does not show: {facts}, SHA-256 {sha256}. See it or take "
    "it out on the page, signed in. "
)
REQUEST_PAGE = "Open this form as a page"
REQUEST_KEPT_WITH = (
    "It is kept until {expires} and sent to nobody before you press “Send the request”."
)
REQUEST_SENT = "Request sent"
REQUEST_NUMBER = "{reference}. Note this number. Sent {when}."
REQUEST_NOT_YOURS = "Only the one who asked can fill in this request. Ask the question yourself."
REQUEST_TOO_LONG = (
    "What you saved on the web page is longer than a form in Slack can hold. “{start}” opens it as "
    "a page."
)
CHANGING = (
    "This changes request {reference}, version {version}. Another content is another version: "
    "everybody shown is asked again and the chain of command begins anew. A permission that was "
    "granted ends."
)
CHANGE_SEND = "Send the change"
CHANGE_TOO_LONG = (
    "One of its texts has more than 3,000 characters, which a form in Slack does not take. "
    "“Open on the web” leads to the same form as a page."
)
REQUEST_CHANGED = "Request changed"
REQUEST_CHANGED_TO = "{reference} is now version {version}."
REQUEST_CUT = "The rest does not fit here. “{start}” opens the same form as a page, with all of it."
REQUEST_NOT_SAVED = "It could not be saved: its link is spent. Ask again for a fresh one."
FORGETS = "Your answer to “{ask}” is not kept."
