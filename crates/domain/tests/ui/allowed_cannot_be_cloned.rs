//! A positive decision is used once.
use domain::decide::Allowed;

fn twice(allowed: Allowed) -> (Allowed, Allowed) {
    (allowed.clone(), allowed)
}

fn main() {}
