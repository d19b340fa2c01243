"""What is taken in beside the records: anchors, context, the times of controls."""
