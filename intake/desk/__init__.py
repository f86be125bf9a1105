"""The desk (Central de Ajuda), at which people work on tickets."""
