"""The job `follow_up`: what people did on a ticket, and what follows from it."""
