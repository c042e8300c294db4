"""Wordings that tell of somebody's post: whether the duty to report is to be cited, by hand.

They were written before the cues were changed. The cues were made with the tuned ones alone; those
held back were asked once, at the end.
"""

TUNED_COLLEAGUE = (
    "my partner posted a video of a suspect in cuffs on snapchat",
    "another officer put pictures from a crash scene on facebook, what do I do",
    "my sergeant posted a racist meme on his page",
    "somebody on my shift posted bodycam footage to tiktok",
    "a colleague tweeted the name of a victim",
    "my trainee uploaded a pic holding his gun up in uniform",
    "my buddy on the job shared a screenshot of a CAD call",
    "one of the guys in my squad is posting drunk selfies with his badge showing",
)
HELD_BACK_COLLEAGUE = (
    "my lieutenant shared a post mocking immigrants",
    "fellow officer livestreamed a traffic stop from his phone",
    "a coworker put a photo of evidence on instagram last night",
    "my FTO posted details of an open case",
    "an officer I work with posted the arrest report online",
    "found out my partner has been posting confidential stuff from roll call",
    "someone in my unit posted a picture of me in plain clothes on an undercover job",
)
TUNED_OTHER = (
    "my wife posted a photo of our dog",
    "may I like what my sergeant posted",
    "my partner posted his fishing trip, can I comment on it",
    "can I share what the chief posted on the department page",
    "my buddy posted a picture of his new baby, may I repost it",
    "my sergeant posted the overtime list, may I share it",
    "a colleague posted a job opening, can I share that",
    "my brother posted a video of a car crash",
)
HELD_BACK_OTHER = (
    "may I retweet what my captain posted",
    "my husband posted our holiday pictures",
    "my coworker shared a recipe on facebook, may I like it",
    "my lieutenant posted about his marathon, can I congratulate him there",
    "somebody in my unit posted a birthday greeting, may I answer it",
    "our neighbour posted a video of a police chase",
    "my partner posts pictures of his garden every week",
)
