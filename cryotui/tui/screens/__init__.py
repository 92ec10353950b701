"""What can lie over a pane: sheets that ask, lists to choose from, long texts. No Textual in here: lines and keys."""
