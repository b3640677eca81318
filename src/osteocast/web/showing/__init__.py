"""What a page shows of a result: words, tables and pictures, made once for each result and kept with it."""
