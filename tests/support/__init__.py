"""What the tests stand on: databases, a server, a browser, and a client that reads every page critically."""
