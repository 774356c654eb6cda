"""The pages of the service over HTTP: thin handlers over the reports."""
