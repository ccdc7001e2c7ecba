"""Plans into what people open: maps, documents, tables and layers, each written whole or not."""
