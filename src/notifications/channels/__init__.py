"""What letters go through, one file each. A channel has `send(parcel, hand_over)`: it calls `hand_over` just before
the moment from which the letter may have gone, and raises one of the outcomes when it did not go well."""
