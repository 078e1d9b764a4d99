//! What was read lately of people, within bounds: two generations. What is read again is young again,
//! and when there is too much that is young the old is forgotten.

use std::collections::HashMap;
use std::sync::Arc;

use domain::SubjectId;

/// Bytes of a generation; there are two.
const GENERATION_BYTES: usize = 32 << 20;

/// Something of one person.
pub(crate) trait OfPerson: Sized {
    /// Of whom.
    fn person(&self) -> SubjectId;
    /// How much room it takes, about.
    fn bytes(&self) -> usize;
}

/// What was read lately of each person.
pub(crate) struct Lately<T> {
    young: HashMap<SubjectId, Arc<T>>,
    old: HashMap<SubjectId, Arc<T>>,
    young_bytes: usize,
}

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            young_bytes: 0,
        }
    }
}

impl<T: OfPerson> Lately<T> {
    pub(super) fn get(&mut self, id: SubjectId) -> Option<Arc<T>> {
        if let Some(young) = self.young.get(&id) {
            return Some(Arc::clone(young));
        }
        let old = self.old.remove(&id)?;
        self.put(Arc::clone(&old));
        Some(old)
    }

    pub(super) fn put(&mut self, read: Arc<T>) {
        let bytes = read.bytes();
        if bytes > GENERATION_BYTES {
            return;
        }
        if self.young_bytes + bytes > GENERATION_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.old.remove(&read.person());
        self.young_bytes += bytes;
        if let Some(before) = self.young.insert(read.person(), read) {
            self.young_bytes -= before.bytes();
        }
    }

    pub(super) fn forget(&mut self, id: SubjectId) {
        self.old.remove(&id);
        if let Some(young) = self.young.remove(&id) {
            self.young_bytes -= young.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    struct Something(u64);

    fn id(number: u64) -> SubjectId {
        let mut id = [7; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        SubjectId(id)
    }

    impl OfPerson for Something {
        fn person(&self) -> SubjectId {
            id(self.0)
        }

        fn bytes(&self) -> usize {
            1_000
        }
    }

    #[test]
    fn who_is_not_read_any_more_makes_room_and_who_is_stays() {
        let mut lately = Lately::default();
        lately.put(Arc::new(Something(0)));
        for number in 1..120_000 {
            lately.put(Arc::new(Something(number)));
            assert!(lately.get(id(0)).is_some(), "{number}");
        }
        assert!(lately.get(id(1)).is_none());
        assert!(lately.get(id(119_999)).is_some());
        assert_eq!(lately.young_bytes, 1_000 * lately.young.len());
        assert!(lately.young_bytes <= GENERATION_BYTES);
        assert!(1_000 * lately.old.len() <= GENERATION_BYTES);
        lately.forget(id(0));
        assert!(lately.get(id(0)).is_none());
        assert_eq!(lately.young_bytes, 1_000 * lately.young.len());
    }
}
