"""Recognition: the stages between the foreground of a picture and the numbers on it."""
