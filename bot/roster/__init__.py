"""Who is who: entries -> a checked roster -> the route of a request, and who may decide it."""
