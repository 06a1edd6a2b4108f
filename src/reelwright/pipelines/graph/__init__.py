"""Graphs of nodes, in ComfyUI's API format, as plans over our operators.

`document` reads one, `nodes` knows the types of nodes, `checking` says all that is wrong with it, `planning` turns it
into steps, `settings` sets its inputs by the keys of AppParams.
"""
