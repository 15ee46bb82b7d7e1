"""What every test runs under; it takes effect before NumPy, JAX or Keras is loaded."""

from tests.isolation import close_the_network, settle_environment

settle_environment()
close_the_network()
