"""The job `follow_up`: act on what people did on a ticket."""
