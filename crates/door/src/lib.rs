//! The one way to personal values: grants, sealing, keyring, epochs.
