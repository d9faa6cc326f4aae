"""The checks that `make test` and its parts run."""
