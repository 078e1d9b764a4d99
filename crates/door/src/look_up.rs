//! Looking many values up at once: an import asks for hundreds.

use domain::{Fault, RecordId, SubjectId};

use crate::keyring::{Keyring, LookUpValue};

impl Keyring {
    /// Who each of several values finds, as [`Keyring::find`] does for one.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn find_each(
        &self,
        field: u32,
        values: &[LookUpValue],
    ) -> Result<Vec<Vec<(SubjectId, RecordId)>>, Fault> {
        let _epoch = self.hold_epoch();
        let living = self.living()?;
        let lasting: Vec<_> = values.iter().map(|it| self.lasting(field, it)).collect();
        let mut wanted: Vec<Vec<Vec<u8>>> = values.iter().map(|_| Vec::new()).collect();
        for epoch in living {
            let tokens = self.tokens_in(epoch, &lasting)?;
            for (of_value, token) in wanted.iter_mut().zip(tokens) {
                of_value.push(token);
            }
        }
        self.database.read(|reader| {
            let mut all = Vec::with_capacity(wanted.len());
            for tokens in &wanted {
                let mut found = Vec::new();
                for token in tokens {
                    found.extend(reader.look_up(field, token)?);
                }
                found.sort_unstable();
                found.dedup();
                all.push(found);
            }
            Ok(all)
        })
    }
}
