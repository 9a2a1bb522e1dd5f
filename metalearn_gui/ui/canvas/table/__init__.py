"""The canvas of tables: slices through what was learned, beside the support set to edit."""
