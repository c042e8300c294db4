"""The commands' families on the terminal, each thin over the core; ``bot.cli`` gathers them."""
