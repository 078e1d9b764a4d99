//! What cannot be written: the types close the ways round the one door.

#[test]
fn what_cannot_be_written() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
