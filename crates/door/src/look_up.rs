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
        let tokens = |value| {
            let lasting = self.lasting(field, value);
            let tokens = living.iter().map(|epoch| self.token(*epoch, &lasting));
            tokens.collect::<Result<Vec<_>, Fault>>()
        };
        let wanted = values
            .iter()
            .map(tokens)
            .collect::<Result<Vec<_>, Fault>>()?;
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
