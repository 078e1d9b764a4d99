//! What keeps the process's memory out of files: no core dumps, no swapping of keys (mechanism, 8).

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

/// Forbids core dumps and the reading of this process by others of the same user, and keeps its
/// memory out of the swap where the system lets it.
///
/// A system that refuses leaves the process as it was: it is no worse off than without.
pub(crate) fn harden() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    // A limit of nothing does not hold where dumps are piped to a program.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // Within a limit, locking what is to come would make memory run out.
    if getrlimit(Resource::Memlock).current.is_none() {
        // Pages are locked when they are used, not when they are asked for.
        let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::dumpable_behavior;

    use super::*;

    #[test]
    fn no_core_is_dumped() {
        harden();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
