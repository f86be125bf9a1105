"""Cards in Trello: its API, and the job that makes one."""
