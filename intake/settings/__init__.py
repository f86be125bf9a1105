"""The settings: one TOML file, validated at start. Each error names file, line and remedy."""
