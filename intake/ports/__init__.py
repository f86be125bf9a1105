"""The protocols between the parts, their in-memory twins, and the values between layers."""
