"""What an event-sourced program needs, knowing nothing about appointments."""
