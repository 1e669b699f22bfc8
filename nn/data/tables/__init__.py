"""Tables: CSV files and data frames as inputs and targets. What is not a number is refused, and the error names the next step."""
