"""The chapters of the document of an amendment, each written onto the paper that it is given."""
