"""Time: opening hours, absences, slots."""
