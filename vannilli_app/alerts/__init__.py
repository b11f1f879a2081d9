"""What must not go unnoticed: rules as data, looked at by the clock, told once and once more when it is over."""
