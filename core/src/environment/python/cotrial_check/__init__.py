"""What `cotrial check` runs inside Pyodide: plays an environment in many ways and compares.

It uses cotrial_host, the same files that participants' browsers run, and is never sent to them.
`desk` is what JavaScript calls.
"""
