//! `/console/health`: the condition of the installation, in words.

use axum::extract::State as Of;
use axum::response::Response;
use domain::Fault;
use jiff::SignedDuration;
use policy::authorisation::Administration;
use services::condition::Condition;
use services::keys::EpochState;

use crate::page::Room;
use crate::pages::console::health::{self, Check, Health, State};
use crate::say::{self, Either};
use crate::signed_in::administering;
use crate::site::{Answer, Asked, Site, Visit};

/// The night's work is late after this.
const NIGHT_MAX: SignedDuration = SignedDuration::from_hours(26);
/// The sweep is late after this: it is part of the night's work.
const SWEEP_MAX: SignedDuration = SignedDuration::from_hours(26);
/// An epoch's key turns every night; one that is older leaves old copies readable.
const EPOCH_MAX: SignedDuration = SignedDuration::from_hours(50);
/// A backup is late after this, where the server makes none itself.
const BACKUP_MAX: SignedDuration = SignedDuration::from_hours(26);
/// Writes that wait for their turn; more is a machine that cannot keep up.
const QUEUE_MAX: u64 = 100;

pub(super) async fn get(Of(site): Of<Site>, asked: Asked) -> Response {
    administering(site, asked, Administration::Health, |site, visit, _| {
        let condition = site.kept.condition()?;
        let looked = Looked {
            site,
            visit,
            say: Either(visit.frame.language),
            condition,
        };
        let view = Health {
            checks: vec![
                looked.writing(),
                looked.night()?,
                looked.sweep(),
                looked.checkpoint()?,
                looked.epoch(),
                looked.keys()?,
                looked.backup()?,
                looked.copies(),
                looked.reviews()?,
                looked.messages()?,
                looked.duties()?,
                looked.queue(),
            ],
            versions: looked.versions()?,
            at: visit.frame.now,
        };
        Ok(Answer::page(health::render(&view, &visit.frame)))
    })
    .await
}

/// What is looked at.
struct Looked<'a> {
    site: &'a Site,
    visit: &'a Visit,
    say: Either,
    condition: Condition,
}

impl Looked<'_> {
    fn check(&self, what: (&str, &str), state: State, how: impl Into<String>) -> Check {
        Check {
            what: self.say.of(what.0, what.1).to_owned(),
            state,
            how: how.into(),
            remedy: None,
        }
    }

    fn number(&self, number: u64) -> String {
        say::number(number, self.visit.frame.language)
    }

    /// A span of time in whole days, hours or minutes.
    fn long(&self, span: SignedDuration) -> String {
        let (hours, minutes) = (span.as_hours(), span.as_mins());
        let counted = |count: i64, one: (&str, &str), more: (&str, &str)| {
            let words = if count == 1 { one } else { more };
            format!("{count} {}", self.say.of(words.0, words.1))
        };
        match (hours, minutes) {
            (48.., _) => counted(hours / 24, ("day", "jour"), ("days", "jours")),
            (1.., _) => counted(hours, ("hour", "heure"), ("hours", "heures")),
            _ => counted(minutes, ("minute", "minute"), ("minutes", "minutes")),
        }
    }

    /// Whether what an act needs can be written, and the clock is sound.
    fn writing(&self) -> Check {
        let what = ("Clock and disk", "Horloge et disque");
        match self.site.kept.ready() {
            Ok(()) => {
                let how = self.say.of(
                    "The clock is sound, and writing works.",
                    "L’horloge est saine et l’écriture fonctionne.",
                );
                self.check(what, State::Good, how)
            }
            Err(fault) => Check {
                remedy: fault.remedy,
                ..self.check(what, State::Bad, fault.message)
            },
        }
    }

    fn night(&self) -> Result<Check, Fault> {
        let what = ("Night’s work", "Travail de nuit");
        let now = self.site.kept.moment()?.now;
        let own = self
            .site
            .config
            .as_ref()
            .is_some_and(|config| config.jobs_at.is_some());
        let remedy = self.say.of(
            "It sweeps, turns the keys, publishes the journal and prunes it: see the server’s log.",
            "Il purge, renouvelle les clés, publie le journal et l’allège : consultez le journal technique du serveur.",
        );
        let remedy = Some(remedy.to_owned());
        Ok(match self.condition.nightly_done {
            Some(done) => {
                let ago = now.duration_since(done);
                let long = self.long(ago);
                let how = self.say.of(
                    format!("Last done {long} ago."),
                    format!("Fait il y a {long}."),
                );
                match ago > NIGHT_MAX {
                    true => Check {
                        remedy,
                        ..self.check(what, State::Bad, how)
                    },
                    false => self.check(what, State::Good, how),
                }
            }
            None => {
                let how = match own {
                    true => self.say.of("Not done yet.", "Pas encore fait."),
                    false => self.say.of(
                        "Left to somebody else, and not done yet.",
                        "Confié à un tiers, et pas encore fait.",
                    ),
                };
                Check {
                    remedy,
                    ..self.check(what, State::Careful, how)
                }
            }
        })
    }

    /// How old the last backup is, by the configuration's own measure where there is one.
    fn backup(&self) -> Result<Check, Fault> {
        let what = ("Backup", "Sauvegarde");
        let now = self.site.kept.moment()?.now;
        let own = self.site.config.as_ref();
        let every = own.and_then(|config| config.backup.as_ref());
        let every = every.map(|backup| SignedDuration::try_from(backup.every));
        let most = match every {
            // Twice the interval: one that fails is tried again before that.
            Some(Ok(every)) => every.saturating_mul(2),
            Some(Err(_)) | None => BACKUP_MAX,
        };
        let remedy = Some("kept backup --to PLACE".to_owned());
        let Some(last) = &self.condition.last_backup else {
            let how = self.say.of(
                "None was made from here yet: without one, a lost disk loses everything.",
                "Aucune n’a encore été faite d’ici : sans elle, un disque perdu emporte tout.",
            );
            let state = match every {
                Some(_) => State::Bad,
                None => State::Careful,
            };
            return Ok(Check {
                remedy,
                ..self.check(what, state, how)
            });
        };
        let ago = now.duration_since(last.at);
        let long = self.long(ago);
        let how = self.say.of(
            format!("Last made {long} ago: a bad day would lose the data since."),
            format!(
                "Faite il y a {long} : un sinistre emporterait les données enregistrées depuis."
            ),
        );
        Ok(match ago > most {
            true => Check {
                remedy,
                ..self.check(what, State::Bad, how)
            },
            false => self.check(what, State::Good, how),
        })
    }

    /// Whether the keyring is in the places that are named for it.
    fn copies(&self) -> Check {
        let what = ("Copies of the keyring", "Copies du trousseau");
        let kept = &self.site.kept;
        let failed: Vec<_> = kept
            .last_shipping()
            .into_iter()
            .filter(|it| it.failed.is_some())
            .map(|it| it.place)
            .collect();
        if !failed.is_empty() {
            let places = failed.join(", ");
            let how = self.say.of(
                format!("Not shipped to {places}. It is tried again; old keys are kept until it is there."),
                format!("Non transmises à {places}. Un nouvel essai suit ; les anciennes clés sont conservées jusque-là."),
            );
            return Check {
                remedy: Some("kept keys ship".to_owned()),
                ..self.check(what, State::Bad, how)
            };
        }
        if kept.copy_places_missing() > 0 {
            let how = self.say.of(
                "The keyring is shipped to fewer than two places: without it no backup can be opened.",
                "Le trousseau est transmis à moins de deux endroits : sans lui, aucune sauvegarde ne peut être ouverte.",
            );
            return Check {
                remedy: Some("keyring-copies = [\"PLACE\", \"PLACE\"]".to_owned()),
                ..self.check(what, State::Careful, how)
            };
        }
        // A rehearsal is asked for none.
        if kept.copy_places().is_empty() {
            let how = self.say.of(
                "Shipped nowhere: a rehearsal has nothing to lose.",
                "Transmises nulle part : une répétition n’a rien à perdre.",
            );
            return self.check(what, State::Good, how);
        }
        let places = self.number(kept.copy_places().len() as u64);
        let how = self.say.of(
            format!("Shipped to {places} places after each restrictive act."),
            format!("Transmises à {places} endroits après chaque acte restrictif."),
        );
        self.check(what, State::Good, how)
    }

    fn sweep(&self) -> Check {
        let what = ("Sweep", "Purge");
        let late = self.condition.sweep_lateness;
        if late == SignedDuration::ZERO {
            let how = self
                .say
                .of("Nothing is past its term.", "Rien n’a dépassé son terme.");
            return self.check(what, State::Good, how);
        }
        let long = self.long(late);
        let how = self.say.of(
            format!("Something passed its term {long} ago. It is unreadable, and waits to be destroyed."),
            format!("Des données ont dépassé leur terme il y a {long}. Elles sont illisibles et attendent leur destruction."),
        );
        match late > SWEEP_MAX {
            true => Check {
                remedy: Some("kept sweep".to_owned()),
                ..self.check(what, State::Bad, how)
            },
            false => self.check(what, State::Good, how),
        }
    }

    fn checkpoint(&self) -> Result<Check, Fault> {
        let what = ("Checkpoint of the journal", "Point de contrôle du journal");
        let Condition {
            entries,
            unpublished,
            ..
        } = self.condition;
        let (all, beyond) = (self.number(entries), self.number(unpublished));
        let published = entries > unpublished;
        let how = match published {
            true => self.say.of(
                format!("{all} entries; {beyond} since the last checkpoint."),
                format!("{all} entrées ; {beyond} depuis le dernier point de contrôle."),
            ),
            false => self.say.of(
                format!("{all} entries, and none is published yet."),
                format!("{all} entrées, et aucune n’est encore publiée."),
            ),
        };
        let state = match published {
            true => State::Good,
            false => State::Careful,
        };
        Ok(self.check(what, state, how))
    }

    fn epoch(&self) -> Check {
        let what = ("Oldest key of an epoch", "Clé d’époque la plus ancienne");
        let age = self.condition.epoch_age;
        let long = self.long(age);
        let how = self.say.of(
            format!("It is {long} old: copies of that time can be opened with it."),
            format!("Elle a {long} : les copies de cette période s’ouvrent avec elle."),
        );
        match age > EPOCH_MAX {
            true => Check {
                remedy: Some("kept keys rotate".to_owned()),
                ..self.check(what, State::Careful, how)
            },
            false => self.check(what, State::Good, how),
        }
    }

    fn keys(&self) -> Result<Check, Fault> {
        let what = ("Turn of the keys", "Renouvellement des clés");
        let status = self.site.kept.keys_status()?;
        let retiring = status
            .epochs
            .iter()
            .filter(|epoch| matches!(epoch.state, EpochState::Retiring | EpochState::Emptied))
            .count();
        if retiring > 0 {
            let how = self.say.of(
                "A turn was begun and is not finished.",
                "Un renouvellement est commencé et n’est pas achevé.",
            );
            return Ok(Check {
                remedy: Some("kept keys rotate".to_owned()),
                ..self.check(what, State::Careful, how)
            });
        }
        let how = match status.waiting {
            None => self
                .say
                .of("No erasure waits for one.", "Aucun effacement n’en attend.")
                .to_owned(),
            Some(waiting) => {
                let records = self.number(waiting.records);
                self.say.of(
                    format!("{records} erased records are unrecoverable from old copies after the next one."),
                    format!("{records} fiches effacées seront irrécupérables des anciennes copies après le prochain."),
                )
            }
        };
        Ok(self.check(what, State::Good, how))
    }

    fn reviews(&self) -> Result<Check, Fault> {
        let what = ("Review of roles", "Réexamen des rôles");
        let overdue = self.site.kept.access().review(None)?;
        let overdue = overdue.iter().filter(|line| line.overdue).count() as u64;
        if overdue == 0 {
            let how = self.say.of("None is overdue.", "Aucun n’est en retard.");
            return Ok(self.check(what, State::Good, how));
        }
        let number = self.number(overdue);
        let how = self.say.of(
            format!("{number} are overdue, and open nothing until they are confirmed."),
            format!("{number} en retard, qui n’ouvrent rien tant qu’ils ne sont pas confirmés."),
        );
        let where_to = Room::Accounts.title(self.visit.frame.language);
        Ok(Check {
            remedy: Some(where_to.to_owned()),
            ..self.check(what, State::Careful, how)
        })
    }

    /// Messages that people are owed and that have not gone out.
    fn messages(&self) -> Result<Check, Fault> {
        let what = ("Messages to people", "Messages aux personnes");
        let status = self.site.kept.announcement_status()?;
        let not_told: u64 = status
            .versions
            .iter()
            .flat_map(|version| &version.not_told)
            .map(|one| one.people)
            .sum();
        let (waiting, lost) = (self.number(status.waiting), self.number(not_told));
        let how = self.say.of(
            format!("{waiting} wait to go out; {lost} people could not be told of a version of the policy."),
            format!("{waiting} en attente d’envoi ; {lost} personnes n’ont pu être informées d’une version de la politique."),
        );
        let state = match not_told {
            0 => State::Good,
            _ => State::Careful,
        };
        Ok(self.check(what, state, how))
    }

    /// Whether those are informed in time whose data somebody else gave (GDPR 14).
    fn duties(&self) -> Result<Check, Fault> {
        let what = (
            "Information of people whose data others gave",
            "Information des personnes dont d’autres ont donné les données",
        );
        let duties = self.site.kept.duties()?;
        let (due, overdue) = (self.number(duties.due), self.number(duties.overdue));
        let how = self.say.of(
            format!("{due} are to be informed within their time; {overdue} are overdue."),
            format!("{due} à informer dans les délais ; {overdue} en retard."),
        );
        let state = match duties.overdue {
            0 => State::Good,
            _ => State::Bad,
        };
        Ok(self.check(what, state, how))
    }

    fn queue(&self) -> Check {
        let what = ("Writes that wait", "Écritures en attente");
        let queued = self.condition.queued;
        let state = match queued > QUEUE_MAX {
            true => State::Careful,
            false => State::Good,
        };
        let number = self.number(queued);
        let how = self
            .say
            .of(format!("{number} now."), format!("{number} actuellement."));
        self.check(what, state, how)
    }

    /// What runs here.
    fn versions(&self) -> Result<Vec<(String, String)>, Fault> {
        let law = &self.visit.law;
        let version = |number: u32| format!("{} {number}", self.say.of("version", "version"));
        let line =
            |title: (&str, &str), said: String| (self.say.of(title.0, title.1).to_owned(), said);
        let none = self.say.of("none", "aucune");
        let authorisation = law.authorisation().map(|it| version(it.version));
        let levels = self.site.kept.security_levels()?;
        let level = levels.last().map(|accepted| {
            let at = jiff::Timestamp::from_microsecond(accepted.at).unwrap_or_default();
            let day = say::day(self.visit.fill().day(at), self.visit.frame.language);
            format!("{}, {day}", accepted.level.transport)
        });
        let rehearsal = match self.site.kept.is_rehearsal() {
            true => self.say.of(
                "a rehearsal, whose clock can be moved",
                "une répétition, dont l’horloge se déplace",
            ),
            false => self.say.of("live", "en production"),
        };
        let databases = match self.site.kept.is_one_of_several() {
            true => self
                .say
                .of("on a database server", "sur un serveur de bases de données"),
            false => self
                .say
                .of("in files here", "dans des fichiers, sur cette machine"),
        };
        let keys = match self.site.kept.vault().key_manager() {
            Some(_) => self.say.of(
                "in a PKCS#11 token, which they cannot leave",
                "dans un jeton PKCS#11, dont elles ne peuvent sortir",
            ),
            None => self.say.of(
                "in files of the key folder",
                "dans des fichiers du dossier des clés",
            ),
        };
        Ok(vec![
            line(("Kept", "Kept"), env!("CARGO_PKG_VERSION").to_owned()),
            line(("Installation", "Installation"), rehearsal.to_owned()),
            line(("Databases", "Bases de données"), databases.to_owned()),
            line(("Keys", "Clés"), keys.to_owned()),
            line(("Policy", "Politique"), version(law.policy().version)),
            line(
                ("Authorisation", "Habilitations"),
                authorisation.unwrap_or_else(|| none.to_owned()),
            ),
            line(
                ("Security level", "Niveau de sécurité"),
                level.unwrap_or_else(|| self.say.of("none", "aucun").to_owned()),
            ),
        ])
    }
}
