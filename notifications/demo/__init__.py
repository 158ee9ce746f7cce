"""The demo: companies to look around in, and the mailbox in which their mails can be read."""
