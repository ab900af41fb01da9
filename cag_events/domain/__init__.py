"""What the trade knows, without web or database: values in, values out."""
