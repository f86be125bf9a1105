"""The text of replies: kinds, templates, wording, facts, and the mail's bytes."""
