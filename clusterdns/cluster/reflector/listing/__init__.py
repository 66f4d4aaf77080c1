"""Lists of all there is: taken apart while they arrive, compared with the table, applied together."""
