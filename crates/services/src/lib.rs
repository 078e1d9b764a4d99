//! Use cases: load, decide, record, act.
