"""The words of the cards, forms and lists of requests; what the Department set is called so."""

from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.telling import About
from bot.slack.ids import DeedAction

NEWS = {
    About.CONSENT: "Your consent is asked for",
    About.ENDORSE: "A request is with you",
    About.DECIDE: "A request waits for your decision",
    About.RETURNED: "Your request came back for information",
    About.STOPPED: "A person shown has not agreed",
    About.ENDORSED: "Your request went on",
    About.GRANTED: "Your request was granted, and is not in effect yet",
    About.IN_EFFECT: "Your permission is in effect",
    About.CONSENTED: "Everybody shown has agreed",
    About.ENDED: "A request has ended",
    About.REMINDER: "A request still waits for you",
    About.PENDING: "Your request is still pending. Do not post.",
}
TITLE = "Request {reference}"
STANDS = "Where it stands: {state}."
WHO_ASKS = "{who} asks."
VERSION = "Version {version} of this request."
MOVED = "Request {reference}: the newer card is further down."
NOT_WITH_YOU = "Request {reference} is not with you any more. There is nothing for you to do."

CONTENT = "What exactly"
REST_NO = "The other questions of the form were answered “no”."
CLAUSES = "Clauses it rests on"
NO_CLAUSES = "No clause is recorded with it."
CLAUSES_CUT = "The words of the clauses do not fit here. Each link opens one."
CUT = "All of it does not fit here. “{open}” shows the whole, with what you can do."
BUTTONS_WITHIN = "Read the whole content before you answer."
OPEN = "Open the request"
OPEN_SPOKEN = "Open request {reference}"
CHANGE = "Change it"
ON_WEB = "Open on the web"
IMAGE = (
    "The image is not shown in Slack. Signed in (“Open on the web”, or /policy web), you see it on "
    "the request's page: {page}"
)
IMAGE_FIRST = "Agreeing to it and granting it are done there, where it is seen."

ASKED_OF_YOU = (
    "{who} wants to post this, and names you as shown or named in it. What you answer is about "
    "exactly what stands here."
)
MEANS = (
    "Agree: you agree to exactly this. If it is changed, you are asked again. You can take it back "
    "until it is posted.",
    "Decline: this version goes no further. Nobody is told who declined, and no reason is asked.",
    "This is not me: somebody else is shown. This version goes no further.",
    "No answer is not consent.",
)
OBTAINED = "The Department's setting: everybody shown has to agree before it takes effect."
SOUGHT = "The Department's setting: asking is enough; it does not wait for an answer."
TWO_THINGS = "Your consent and the Department's permission are two things."
YOUR_ANSWER = {
    Consent.AGREED: "You agreed.",
    Consent.DECLINED: "You declined. Nobody is told that it was you.",
    Consent.NOT_ME: "You said that it is somebody else.",
    Consent.WITHDRAWN: "You took your consent back. Nobody is told that it was you.",
}
TAKE_BACK = "You can take it back until it is posted."
NOTHING_TO_ANSWER = "Nothing is asked of you any more."

AT_STEP = "It is with you as a step of the chain of command: {step}."
FORWARDED = (
    "Whatever you say of it is forwarded with the request; a step does not decide. That is the "
    "Department's rule."
)
TO_DECIDE = "It is with you to decide."
CONSENTS = "Consent: {agreed} of {asked} people shown have agreed."
NO_CONSENTS = "Nobody of the Department is shown or named in it."
NOT_AGREED = "A person shown has not agreed."
ENDORSEMENTS = "So far"
NO_ENDORSEMENTS = "Nobody has said anything of it yet."
PASSED_OVER = "{step}: passed over, nobody was there"
PASSED_ON = "{step}: passed on after the time that the Department set"
SENT_ON_BY = "{step}: asked for information; sent on unchanged by the requester"
UNCLEAR = "Open when it was sent, and perhaps forbidden with no permission stated: {clauses}."

SENT = "It waits for its route: the roster does not say yet whom it goes to."
WITH_STEP = "It is with the chain of command: {step}."
WITH_DECIDER = "It waits for a decision."
NOBODY_THERE = "Nobody who may act on it is on the roster now."
ASKS = "{who} asks:"
RETURNED = "You can send it on unchanged, change it, or withdraw it."
STOPPED = (
    "This version goes no further. You are not told who it is, or why. You can change the request "
    "so that it is about something else, or withdraw it."
)
GRANTED_BY = "Granted by {who} on {when}."
GRANTED_WAITS = "It is not in effect yet: {agreed} of {asked} people shown have agreed."
NOT_BEFORE = "Do not post before this card says that it is in effect."
CONSENTING = "It waits for consent: {agreed} of {asked} people shown have agreed."
IN_EFFECT = "In effect. Its number is {reference}."
CONSENT_ONLY = "Everybody shown has agreed. Nobody else's permission is asked for."
CONDITIONS = "Conditions:"
NO_CONDITIONS = "No conditions were written down."
UNTIL = "It holds until {day}, that day included."
EXACTLY = "It is for exactly this content, and for nothing else."
POSTED = "You said that you have posted it."
DENIED_BY = "Denied by {who} on {when}. Reasons:"
REVOKED_BY = "Revoked by {who} on {when}. Do not post it. Reasons:"
EXPIRED = "Its last day, {day}, has passed. Do not post it any more."
VOID = "The clauses that it rests on have changed, so it is void. Do not post it."
WITHDRAWN = "You withdrew it."
ERASED = "(no longer kept)"
UNREACHED = "{who} cannot be reached here, and has not been told."
UNREACHED_SHOWN = (
    "{count} people whose consent is asked for cannot be reached here, and have not been told. "
    "While they do not answer, nothing is decided by that."
)
UNREACHED_ONE = (
    "One person whose consent is asked for cannot be reached here, and has not been told. While "
    "there is no answer, nothing is decided by that."
)

LABELS = {
    DeedAction.AGREE: "Agree",
    DeedAction.DECLINE: "Decline",
    DeedAction.NOT_ME: "This is not me",
    DeedAction.TAKE_BACK: "Take my consent back",
    DeedAction.RECOMMEND: "Recommend",
    DeedAction.NOT_RECOMMEND: "Do not recommend",
    DeedAction.SEEN: "Seen",
    DeedAction.ASK: "Ask for information",
    DeedAction.GRANT: "Grant",
    DeedAction.GRANT_WITH: "Grant with conditions",
    DeedAction.DENY: "Deny",
    DeedAction.REVOKE: "Revoke",
    DeedAction.SEND_ON: "Send on unchanged",
    DeedAction.WITHDRAW: "Withdraw",
    DeedAction.POSTED: "I have posted it",
}
SPOKEN = "{label}: request {reference}"
CONFIRMS = {
    DeedAction.DECLINE: "This version of the request ends here. You cannot take this back.",
    DeedAction.NOT_ME: "This version of the request ends here. You cannot take this back.",
    DeedAction.TAKE_BACK: "This version of the request goes no further without your consent.",
    DeedAction.GRANT: (
        "You grant exactly this, without conditions. It takes effect when everybody shown has "
        "agreed, where consent is asked for."
    ),
    DeedAction.WITHDRAW: "The request ends. It cannot be taken up again.",
    DeedAction.POSTED: "From then on nobody shown can take their consent back here.",
}
CONFIRM_TITLE = "Are you sure?"
BACK = "Back"
DEED_ABOUT = {
    DeedAction.NOT_RECOMMEND: "The request is forwarded with this.",
    DeedAction.ASK: "The request goes back to the one who made it, who may answer or send it on.",
    DeedAction.GRANT_WITH: "You grant exactly what the request says, under these conditions.",
    DeedAction.DENY: "The request ends with this. The requester reads the reasons.",
    DeedAction.REVOKE: "The permission ends at once. The requester reads the reasons.",
}
WORDS_LABEL = {
    DeedAction.NOT_RECOMMEND: "Why, for those who read it after you",
    DeedAction.ASK: "What do you need to know?",
    DeedAction.GRANT_WITH: "Conditions",
    DeedAction.DENY: "Reasons",
    DeedAction.REVOKE: "Reasons",
}
WORDS_HINT = "This is kept with the request, and may be reviewed, audited and disclosed."
WORDS_NEEDED = "Please write this in a few words."
CONDITIONS_NEEDED = "Please write the conditions, or choose a last day."
UNTIL_LABEL = "Last day on which it may be posted"
UNTIL_HINT = "None means that the permission has no last day of its own."
DEED_SUBMIT = "Send"

DONE = {
    DeedAction.AGREE: "You agreed.",
    DeedAction.DECLINE: "You declined.",
    DeedAction.NOT_ME: "You said that it is somebody else.",
    DeedAction.TAKE_BACK: "You took your consent back.",
    DeedAction.RECOMMEND: "You recommend it. It is forwarded.",
    DeedAction.NOT_RECOMMEND: "You do not recommend it. It is forwarded.",
    DeedAction.SEEN: "You have seen it. It is forwarded.",
    DeedAction.ASK: "It is back with the requester.",
    DeedAction.GRANT: "You granted it.",
    DeedAction.GRANT_WITH: "You granted it under conditions.",
    DeedAction.DENY: "You denied it.",
    DeedAction.REVOKE: "You revoked it.",
    DeedAction.SEND_ON: "You sent it on unchanged.",
    DeedAction.WITHDRAW: "You withdrew it.",
    DeedAction.POSTED: "It is noted that you have posted it.",
}
DECIDED_BY = "{sentence} {what} by {who} on {when}."
DECISIONS = {Happened.GRANTED: "Granted", Happened.DENIED: "Denied"}
IN_POST = "{who}, {post}"
STALE = "This button belongs to an earlier version. Open the request again from App Home."
NO_SUCH = "There is no such request that you have a part in."

FILE = "Request"
TIMELINE = "What happened"
HAPPENED = {
    Happened.SENT: "sent",
    Happened.ROUTED: "its route was set",
    Happened.ENDORSED: "forwarded",
    Happened.RETURNED: "asked for information",
    Happened.SENT_ON: "sent on unchanged",
    Happened.SKIPPED: "a step was passed over, since nobody was there",
    Happened.ESCALATED: "passed on after the time that the Department set",
    Happened.EDITED: "changed; consents and endorsements begin anew",
    Happened.CONSENT: "answered",
    Happened.CONSENT_WITHDRAWN: "consent taken back",
    Happened.GRANTED: "granted",
    Happened.DENIED: "denied",
    Happened.POSTED: "posted, as the requester says",
    Happened.WITHDRAWN: "withdrawn",
    Happened.EXPIRED: "its last day has passed",
    Happened.REVOKED: "revoked",
    Happened.VOIDED: "void, since its clauses have changed",
    Happened.REMINDED: "who is waited for was reminded",
}
SAYS = {
    Endorsement.RECOMMENDED: "recommends it",
    Endorsement.NOT_RECOMMENDED: "does not recommend it",
    Endorsement.ACKNOWLEDGED: "has seen it",
}
SHOWN_AGREED = "a person shown agreed"
SHOWN_NOT = "a person shown has not agreed"
BY = "{when}: {what}"
BY_WHOM = "{when}: {what}, by {who}"
QUOTED = "“{words}”"
FILE_CUT = "The rest does not fit here. It is on the web page: {page}"

MY_PEOPLE = "Waiting on my people"
NOTHING_OF_PEOPLE = "No request of your people is under way."
ROW = "{list}, {number}: open {reference}"
OF_WHOM = "{title}, of {who}"
