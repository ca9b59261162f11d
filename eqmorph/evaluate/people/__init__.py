"""Words against people who were not asked before: fitted on half of the answers, judged by the other half."""
