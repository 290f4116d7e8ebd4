"""What readers take home: CSV files, the data package, and what their columns mean."""
