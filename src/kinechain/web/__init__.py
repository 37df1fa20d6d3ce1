"""The studio in a browser: pages for trainers and runners, and the programming interface.

- `app`: the application. - `studio`: what it holds. - `serve`: how it starts. - `doors`: who may open a route.
- `page`: how a page is made. - `pages`: one module a group of pages. - `api`: one module a group of operations.
- `filming`, `plan_form`, `kept_data`, `result_files`: what both of them need. - `words.toml`: every word of the pages.
"""
