"""The pages, one module a group of them: each reads the form, calls the store, and shows a template."""
