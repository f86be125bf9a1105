"""Real servers for the tests: private copies on loopback, in temporary folders."""
