"""The rules, which operators read and change: they turn a message into an explained decision."""
