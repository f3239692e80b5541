"""Parts of build.py: fetch packages, extract documents, label them, add what the web brings, write shards."""
