"""What the questions of a request's form say in Slack."""

REST_NO = (
    "Tick what applies. What you neither tick nor choose under “Which are you not sure about?” is "
    "answered “no” when you send the request."
)
APPLY = "{title}: which of these apply?"
UNSURE = "Which are you not sure about?"
UNSURE_HINT = "“Not sure” is an answer too. Whoever decides sees it."
UNSURE_EMPTY = "Choose what you are not sure about"
NONE = "If nothing is chosen"
NONE_TICK = "None of the others apply"
NONE_HINT = "Needed only where nothing is ticked and nothing is chosen above."
NOTHING_CHOSEN = "Nothing is ticked or chosen above. If none of it applies, tick this."
BOTH = "Ticked above and chosen here: {labels}. Leave each in one place."
YES = "You answered “yes” to: {labels}."
NOT_SURE = "You answered “not sure” to: {labels}."
REST = "You answered “no” to the other {count}."
ALL_NO = "You answered “no” to all {count} questions."
