"""What a newcomer, a container and a package index get: set-up, images, wheel, promises kept."""
