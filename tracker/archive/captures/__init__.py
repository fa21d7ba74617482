"""The bytes of versions: frames coded against earlier ones, reference pages, takedowns."""
