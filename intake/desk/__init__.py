"""The desk (Central de Ajuda): where people work on tickets."""
