"""The Slack surface: what people ask there, and the answers as Slack shows them."""
