//! The two SQLite files and their one writer; sees sealed bytes only.
