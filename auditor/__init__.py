"""The spine of the auditing service: the words at the bottom, the commands at the top."""
