"""The fixed words of the Slack surface; what an answer says comes from the core."""

NOT_APPROVAL = "This answer is not approval."
NO_PICTURES = "Images and files are not looked at: this rests on your words alone."
START = "Start a request"
OPEN = "Open the order"
SHORTENED = "Quotes are shortened here. Each link opens the whole clause."
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
