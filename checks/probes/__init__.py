"""Questions put to an open page, each written against `auditor.model.Driver` alone."""
