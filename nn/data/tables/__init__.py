"""Tables: CSV files and data frames as inputs and targets. What is no number is refused, and the error names the next step."""
