"""The settings: one TOML file, validated at start, each error with file, line and a way out."""
