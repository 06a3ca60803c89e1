"""Asking servers: one request and its answer, byte for byte, within limits that no server can move."""
