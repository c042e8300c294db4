"""Every fixed word about clauses that a person watches: “Tell me if this changes”."""

TELL_ME = "Tell me if this changes"
WATCHING = (
    "When another version changes {clauses}, you will be told once, in a direct message. Nobody "
    "else is told that you asked. “What is kept about me” takes it away again."
)
WATCHED = "You asked for this before: nothing was changed. You will be told once of {clauses}."
NOT_IN_FORCE = "This answer rests on a version that is no longer in force. Please ask again."
CHANGED_NOW = (
    "You asked to be told if this changes. Another version of {name} is in force, effective {new}. "
    "The one before was effective {old}."
)
UNSHOWN = ": the words that it had are no longer on file, so that what changed is not shown"
CHANGED = ": changed"
MOVED = ": changed, and is now § {section}"
GONE = ": no longer in it"
OF = "§ {section}:"
MORE = "{count} more clauses that you watch changed. See every change below."
SEE = "See every change"
STRUCK = "Struck words were removed, bold ones were added. You are told of the next version too."
KEPT_WATCHES = "Clauses you are told of when they change"
KEPT_WATCH = "{clause}, version of {effective}, asked on {day}"
KEPT_MORE_WATCHES = "{count} more. Take some away to see them."
STOP = "Do not tell me"
STOP_LABEL = "{number}: do not tell me of {clause}"
