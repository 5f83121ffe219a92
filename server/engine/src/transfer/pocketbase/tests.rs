//! Tests of the import from PocketBase.
