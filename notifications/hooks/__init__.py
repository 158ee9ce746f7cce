"""What mail providers post to us: a token in the address finds the channel, its secret authenticates; kept raw, read later."""
