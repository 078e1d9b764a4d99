//! Look-ups: how a person is found by a value that nothing stores, and how a value stays suppressed.
//! They live with the keyring and turn with it (mechanism, 3).

use aws_lc_rs::hmac;
use domain::{Entropy, Fault, RecordId, SubjectId};
use store::keyring::{LookUpRow, SuppressionRow};
use zeroize::Zeroizing;

use super::{Keyring, SERIES_MIN, as_key, one_of};
use crate::epoch::{ToWrap, Wrapped};

/// Bytes of a look-up's token: a keyed hash, cut; a hit is checked against the value.
const TOKEN_BYTES: usize = 16;

/// A look-up value's hash that lasts over epochs.
pub(crate) type Lasting = Zeroizing<[u8; 32]>;

/// A look-up value in the form that is hashed: one spelling for each value.
pub struct LookUpValue(Zeroizing<Vec<u8>>);

impl LookUpValue {
    /// Takes the normalised value of a field, or the identifier of a series.
    #[must_use]
    pub fn new(normalised: &str) -> Self {
        Self(Zeroizing::new(normalised.as_bytes().to_vec()))
    }
}

/// What becomes of a look-up's hash under another epoch.
pub(crate) struct TurnedHash {
    /// The token.
    pub(crate) token: Vec<u8>,
    /// The wrapped lasting hash.
    pub(crate) wrapped: Vec<u8>,
}

impl TurnedHash {
    /// The look-up that it is, of the epoch.
    pub(super) fn look_up(self, old: &LookUpRow, epoch: u32) -> LookUpRow {
        LookUpRow {
            token: self.token,
            wrapped: self.wrapped,
            epoch,
            ..old.clone()
        }
    }

    /// The suppression that it is, of the epoch.
    pub(super) fn suppression(self, old: &SuppressionRow, epoch: u32) -> SuppressionRow {
        SuppressionRow {
            token: self.token,
            wrapped: self.wrapped,
            epoch,
            ..old.clone()
        }
    }
}

impl Keyring {
    /// The look-up entry that finds a person by a value.
    ///
    /// # Errors
    /// When the active epoch's key is not there.
    pub fn look_up_row(
        &self,
        field: u32,
        value: &LookUpValue,
        subject: SubjectId,
        record: RecordId,
        entropy: &dyn Entropy,
    ) -> Result<LookUpRow, Fault> {
        let (epoch, hashes) = self.as_active(&[self.lasting(field, value)], entropy)?;
        let TurnedHash { token, wrapped } = one_of(hashes)?;
        Ok(LookUpRow {
            field,
            token,
            subject,
            record,
            epoch,
            wrapped,
            confirmed: false,
        })
    }

    /// The entry that keeps a value suppressed.
    ///
    /// # Errors
    /// When the active epoch's key is not there.
    pub fn suppression_row(
        &self,
        field: u32,
        value: &LookUpValue,
        made: i64,
        entropy: &dyn Entropy,
    ) -> Result<SuppressionRow, Fault> {
        let (epoch, hashes) = self.as_active(&[self.lasting(field, value)], entropy)?;
        let TurnedHash { token, wrapped } = one_of(hashes)?;
        Ok(SuppressionRow {
            field,
            token,
            epoch,
            wrapped,
            made,
        })
    }

    /// Who a value finds, in every living epoch. A hit is a hint, to be checked.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn find(
        &self,
        field: u32,
        value: &LookUpValue,
    ) -> Result<Vec<(SubjectId, RecordId)>, Fault> {
        let _epoch = self.hold_epoch();
        let mut found = Vec::new();
        for token in self.with_epochs(|| self.tokens(field, value))? {
            found.extend(self.database.read(|reader| reader.look_up(field, &token))?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The look-ups of a record that are none of its fields': what its source calls it, and what
    /// the source said.
    pub(crate) fn series_of(
        &self,
        subject: SubjectId,
        record: RecordId,
    ) -> Result<Vec<LookUpRow>, Fault> {
        self.database
            .read(|reader| reader.look_ups_of(subject, record, SERIES_MIN))
    }

    /// The tokens of a value in every living epoch, the epochs being held.
    pub(crate) fn tokens(&self, field: u32, value: &LookUpValue) -> Result<Vec<Vec<u8>>, Fault> {
        let lasting = [self.lasting(field, value)];
        self.living()?
            .into_iter()
            .map(|epoch| one_of(self.tokens_in(epoch, &lasting)?))
            .collect()
    }

    /// Since when a value is suppressed, if it is; microseconds UTC.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn suppressed(&self, field: u32, value: &LookUpValue) -> Result<Option<i64>, Fault> {
        let _epoch = self.hold_epoch();
        for token in self.with_epochs(|| self.tokens(field, value))? {
            let made = self
                .database
                .read(|reader| reader.suppressed(field, &token))?;
            if made.is_some() {
                return Ok(made);
            }
        }
        Ok(None)
    }

    /// `h = HMAC(k_lasting, field, value)`: lasts over epochs, never stored unwrapped.
    pub(crate) fn lasting(&self, field: u32, value: &LookUpValue) -> Lasting {
        let mut context = hmac::Context::with_key(&self.look_up);
        context.update(&field.to_be_bytes());
        context.update(&value.0);
        let mut lasting = Zeroizing::new([0; 32]);
        lasting.copy_from_slice(context.sign().as_ref());
        lasting
    }

    /// `HMAC(k_epoch, h)`, cut, of each.
    pub(crate) fn tokens_in(&self, epoch: u32, lasting: &[Lasting]) -> Result<Vec<Vec<u8>>, Fault> {
        let data = lasting.iter().map(|it| Zeroizing::new(it.to_vec()));
        let hashes = self.keys_of_epoch(epoch)?.mac(epoch, data.collect())?;
        Ok(hashes
            .iter()
            .map(|hash| hash[..TOKEN_BYTES].to_vec())
            .collect())
    }

    fn wrap_lasting(
        &self,
        epoch: u32,
        lasting: &[Lasting],
        entropy: &dyn Entropy,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let secrets = lasting.iter().map(|it| ToWrap {
            nonce: None,
            associated: self.associated(b"look-up", &[]),
            secret: Zeroizing::new(it.to_vec()),
        });
        self.keys_of_epoch(epoch)?
            .wrap(epoch, secrets.collect(), entropy)
    }

    /// A look-up as the active epoch has it.
    pub(crate) fn turned_look_up(
        &self,
        old: &LookUpRow,
        entropy: &dyn Entropy,
    ) -> Result<LookUpRow, Fault> {
        let lasting = self.unwrap_lasting(old.epoch, vec![old.wrapped.clone()])?;
        let (epoch, hashes) = self.as_active(&lasting, entropy)?;
        Ok(one_of(hashes)?.look_up(old, epoch))
    }

    /// What look-ups and suppressions of an old epoch are in the active one: token and wrapped
    /// hash of each, in their order.
    pub(crate) fn turned_hashes(
        &self,
        old: u32,
        wrapped: Vec<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<TurnedHash>, Fault> {
        let lasting = self.unwrap_lasting(old, wrapped)?;
        self.as_active(&lasting, entropy).map(|(_, hashes)| hashes)
    }

    /// The lasting hashes that an epoch's key wraps, in their order.
    pub(super) fn unwrap_lasting(
        &self,
        epoch: u32,
        wrapped: Vec<Vec<u8>>,
    ) -> Result<Vec<Lasting>, Fault> {
        if wrapped.is_empty() {
            return Ok(Vec::new());
        }
        let wrapped = wrapped.into_iter().map(|bytes| Wrapped {
            nonce: None,
            associated: self.associated(b"look-up", &[]),
            bytes,
        });
        let manager = self.keys_of_epoch(epoch)?;
        let secrets = manager.unwrap(epoch, wrapped.collect())?;
        secrets.iter().map(|secret| as_key(secret)).collect()
    }

    /// The active epoch, and what lasting hashes are in it, in their order.
    pub(super) fn as_active(
        &self,
        lasting: &[Lasting],
        entropy: &dyn Entropy,
    ) -> Result<(u32, Vec<TurnedHash>), Fault> {
        self.with_epochs(|| {
            let epoch = self.active_epoch();
            if lasting.is_empty() {
                return Ok((epoch, Vec::new()));
            }
            let tokens = self.tokens_in(epoch, lasting)?;
            let wrapped = self.wrap_lasting(epoch, lasting, entropy)?;
            let hashes = tokens.into_iter().zip(wrapped);
            let hashes = hashes.map(|(token, wrapped)| TurnedHash { token, wrapped });
            Ok((epoch, hashes.collect()))
        })
    }

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
        let lasting: Vec<_> = values.iter().map(|it| self.lasting(field, it)).collect();
        let wanted = self.with_epochs(|| {
            let mut wanted: Vec<Vec<Vec<u8>>> = values.iter().map(|_| Vec::new()).collect();
            for epoch in self.living()? {
                let tokens = self.tokens_in(epoch, &lasting)?;
                for (of_value, token) in wanted.iter_mut().zip(tokens) {
                    of_value.push(token);
                }
            }
            Ok(wanted)
        })?;
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
