"""What runs inside Pyodide: loads an environment, keeps its states, and runs request lists.

`bridge` is what JavaScript calls. Pure Python, without NumPy unless the environment imports it;
the same files run on native CPython 3.10 and newer.
"""
