"""The console: pages, sound and the API for people in browsers and programs, over the services of the store."""
