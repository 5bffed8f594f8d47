"""The shared skin of every page: layout, headers, access, error pages, languages."""
