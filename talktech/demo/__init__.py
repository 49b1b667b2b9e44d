"""The demo: a made-up company and its chats, for an empty database only."""
