"""Operations with a way of their own: products, convolutions, gathering, sorting."""
