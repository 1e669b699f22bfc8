"""The files of the page of a playground."""
