"""Mail that means harm, or was made by programs that do not know better."""
