"""What the tests of domain.md's two chapters share."""

from bot.answer import Verdict

SAVINGS = "Barring state law or binding employment contracts to the contrary"
SILENT = "GO 5.14 does not say"
FREE = {Verdict.ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS}
BANS = {Verdict.PROHIBITED, Verdict.NEEDS_PERMISSION}
