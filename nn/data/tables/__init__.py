"""Tables: CSV files and data frames as inputs and targets. Anything that is not a number raises an error that says what to do."""
