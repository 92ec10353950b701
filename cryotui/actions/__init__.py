"""What can be done to a row: one file an action, one desk through which every one of them goes, one log.

The desk is the gate below the screens: read-only, level, typed word, rights and the row's identity are checked there,
whatever a screen or a verb forgot. An action is a file of this folder with a module constant ``ACTION``.
"""
