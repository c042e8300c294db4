"""What the Slack libraries may log: that something happened and where, never what was said."""

import logging

LOGGER = "bot.slack.bolt"


class WithoutContents(logging.Filter):
    """Replaces a record's text, which may hold a body or a token, by its origin and error type."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record stays, without its contents."""
        kind = record.exc_info[0] if record.exc_info else None
        record.msg = "Reported in %s, line %d: %s"
        record.args = (record.name + "." + record.funcName, record.lineno, _name(kind))
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def quiet() -> logging.Logger:
    """Return the logger for Bolt and the SDK; both copy its level and filter to their own.

    Their debug and info lines hold whole payloads, so nothing below WARNING is let through.
    """
    for name in (LOGGER, "slack_bolt", "slack_sdk"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
        if not any(isinstance(known, WithoutContents) for known in logger.filters):
            logger.addFilter(WithoutContents())
    return logging.getLogger(LOGGER)


def _name(kind: type[BaseException] | None) -> str:
    return kind.__name__ if kind is not None else "no error"
