"""What all views share: access, sessions, forms, limits, headers, errors."""
