"""The version of the site, as `/healthz` and the changelog give it."""

VERSION = "0.1.0"
