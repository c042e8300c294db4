"""The web surface: the console, the orders to read, and the form that starts a request."""
