"""Page objects, one class a screen, a package a system. Playwright and nothing of ours."""
