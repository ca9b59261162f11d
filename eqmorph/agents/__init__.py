"""An interface for language models: a few tools, each a task, behind folders that are never left.

Only `eqmorph.agents.server` knows of the Model Context Protocol and its SDK. A tool is a function of a `Session`, a
`Work` that can be stopped, and plain arguments, and answers with plain data.
"""
