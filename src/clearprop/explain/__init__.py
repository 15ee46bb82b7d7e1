"""Why a number is what it is, as plain data without any rendering."""
