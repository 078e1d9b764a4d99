//! The policy language: parse, check, compile, compare, explain. Pure.
pub mod model;
