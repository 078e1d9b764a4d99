//! Rules in plain words, in both languages: what pages show beside a value or a refusal.

use policy::authorisation::{Action, Authorisation};
use policy::model::{
    CategoryId, DocumentId, ErasureGround, FactId, FieldId, FormId, KindId, Language, Policy,
    PurposeId, RoleId, SpanId,
};

use super::{Lack, Rule, Terms, Unaccepted};
use crate::subject::EndedBy;

/// Titles in one language.
struct Titles<'a> {
    policy: &'a Policy,
    authorisation: Option<&'a Authorisation>,
    language: Language,
}

impl<'a> Titles<'a> {
    fn purpose(&self, id: PurposeId) -> &'a str {
        self.policy.purpose(id).title.get(self.language)
    }

    fn category(&self, id: CategoryId) -> &'a str {
        self.policy.category(id).title.get(self.language)
    }

    fn fact(&self, id: FactId) -> &'a str {
        self.policy.fact(id).title.get(self.language)
    }

    fn span(&self, id: SpanId) -> &'a str {
        self.policy.span(id).title.get(self.language)
    }

    fn kind(&self, id: KindId) -> &'a str {
        self.policy.kind(id).title.get(self.language)
    }

    fn form(&self, id: FormId) -> &'a str {
        self.policy.form(id).title.get(self.language)
    }

    fn document(&self, id: DocumentId) -> &'a str {
        self.policy.document(id).title.get(self.language)
    }

    /// `The role “Marketing”`.
    fn role(&self, id: RoleId) -> String {
        let title = self
            .authorisation
            .map(|it| it.role(id).title.get(self.language));
        match (title, self.language) {
            (Some(title), Language::En) => format!("The role “{title}”"),
            (Some(title), Language::Fr) => format!("Le rôle « {title} »"),
            (None, Language::En) => "The role".to_owned(),
            (None, Language::Fr) => "Le rôle".to_owned(),
        }
    }

    /// `(read, for “Newsletters”)`.
    fn act(&self, action: Action, purpose: Option<PurposeId>) -> String {
        let action = action.title();
        match (purpose.map(|id| self.purpose(id)), self.language) {
            (Some(purpose), Language::En) => format!("({}, for “{purpose}”)", action.en),
            (Some(purpose), Language::Fr) => format!("({}, pour « {purpose} »)", action.fr),
            (None, language) => format!("({})", action.get(language)),
        }
    }

    fn field(&self, id: FieldId) -> &'a str {
        self.policy.field(id).title.get(self.language)
    }
}

impl Rule {
    /// The rule in plain words, without a full stop.
    #[must_use]
    pub fn sentence<'a>(&self, terms: impl Into<Terms<'a>>, language: Language) -> String {
        let terms = terms.into();
        let titles = Titles {
            policy: terms.policy,
            authorisation: terms.authorisation,
            language,
        };
        match language {
            Language::En => self.english(&titles),
            Language::Fr => self.french(&titles),
        }
    }

    fn english(&self, t: &Titles<'_>) -> String {
        let policy = t.policy;
        match *self {
            Self::NothingHeld => "Nothing of the kind is held".into(),
            Self::Recipient { recipient, purpose } => format!(
                "{} may not read this for “{}”",
                policy.recipient(recipient).title.en,
                t.purpose(purpose)
            ),
            Self::Role {
                role,
                action,
                purpose,
                lacks,
            } => {
                let what = match lacks {
                    Lack::Grant => "has no right to this",
                    Lack::Kind => "has a right to this about other kinds of people alone",
                    Lack::OwnClient => {
                        "has a right to this about one's own clients alone, and this person is none"
                    }
                    Lack::Matter => {
                        "has a right to this within one named matter alone, and this is not of it"
                    }
                };
                format!("{} {what} {}", t.role(role), t.act(action, purpose))
            }
            Self::RoleReview { role, due } => format!(
                "{} opens nothing: it was to be confirmed by {due}, and nobody has",
                t.role(role)
            ),
            Self::Undertaking { document, lacks } => {
                let why = match lacks {
                    Unaccepted::Unpublished => "is not published, so that nobody can accept it",
                    Unaccepted::Never => "was not accepted",
                    Unaccepted::Newer => "has a new version, which was not accepted",
                    Unaccepted::Due(due) => {
                        return format!(
                            "Nothing is read: “{}” was to be accepted again by {due}",
                            t.document(document)
                        );
                    }
                };
                format!("Nothing is read: “{}” {why}", t.document(document))
            }
            Self::NotUsed { purpose, category } => {
                format!(
                    "“{}” does not use {}",
                    t.purpose(purpose),
                    t.category(category)
                )
            }
            Self::NoGround { purpose, .. } => {
                format!("It was not collected for “{}”", t.purpose(purpose))
            }
            Self::Term { rule, version } => {
                let rule = policy.rule(rule);
                if version == policy.version {
                    format!("Its term is over: {} ({})", rule.title.en, rule.name)
                } else {
                    format!(
                        "Its term is over: {} ({}), as in version {version} of the policy, the last \
                         of which the person was told",
                        rule.title.en, rule.name
                    )
                }
            }
            Self::Ended { purpose, by } => {
                let why = match by {
                    EndedBy::Term => "its term was over",
                    EndedBy::Consent => "the consent was withdrawn or lapsed",
                    EndedBy::Objection => "the person objected",
                    EndedBy::Erasure(ground) => erasure(ground).0,
                    EndedBy::Source => "the data that it was derived from went",
                };
                format!("It is held for “{}” no longer: {why}", t.purpose(purpose))
            }
            Self::NotYet { purpose } => {
                format!(
                    "“{}” applies to the person from a later day",
                    t.purpose(purpose)
                )
            }
            Self::NoTerm { purpose, category } => format!(
                "No retention rule covers {} for “{}”, and without a term nothing is held",
                t.category(category),
                t.purpose(purpose)
            ),
            Self::Source => "The data that it was derived from went".into(),
            Self::NoBasis { purpose } => format!(
                "“{}” has no legal basis for such a person, channel or day",
                t.purpose(purpose)
            ),
            Self::ConsentNeeded { purpose, channel } => match channel {
                Some(channel) => format!(
                    "“{}” by {} needs a consent, and none is in force",
                    t.purpose(purpose),
                    policy.channel(channel).title.en
                ),
                None => format!(
                    "“{}” needs a consent, and none is in force",
                    t.purpose(purpose)
                ),
            },
            Self::ContractNotOpen { purpose, span } => format!(
                "“{}” rests on {}, and none of the person's own is open",
                t.purpose(purpose),
                t.span(span)
            ),
            Self::Objection {
                purpose,
                canvassing,
            } => match canvassing {
                true => format!(
                    "The person objected to canvassing: “{}”",
                    t.purpose(purpose)
                ),
                false => format!("The person objected to “{}”", t.purpose(purpose)),
            },
            Self::Hold { purpose } => {
                format!("A hold closes it to all but “{}”", t.purpose(purpose))
            }
            Self::Evidence { purpose } => {
                format!("A dispute closes it to all but “{}”", t.purpose(purpose))
            }
            Self::Restriction => "Its processing is restricted".into(),
            Self::Uninformed => "The person has not been informed yet of data that somebody else \
                                 gave about them"
                .into(),
            Self::Destroyed => "It is being destroyed".into(),
            Self::NoPurpose => "Nothing is collected without a purpose".into(),
            Self::NotConcerned { purpose, kind } => {
                format!(
                    "“{}” does not concern: {}",
                    t.purpose(purpose),
                    t.kind(kind)
                )
            }
            Self::UndeclaredField { category } => {
                format!("{} does not declare such a field", t.category(category))
            }
            Self::FieldNotNeeded { field } => {
                format!("No stated purpose needs: {}", t.field(field))
            }
            Self::NotCorrectable { field } => {
                format!(
                    "This is changed on a written request with proof of identity, not on line: {}",
                    t.field(field)
                )
            }
            Self::NotAsked { form, field } => {
                format!(
                    "The form “{}” does not ask for: {}",
                    t.form(form),
                    t.field(field)
                )
            }
            Self::AnswerMissing { form, field } => format!(
                "The form “{}” takes no answer without: {}",
                t.form(form),
                t.field(field)
            ),
            Self::FormKind { form, kind } => {
                format!("The form “{}” is not for: {}", t.form(form), t.kind(kind))
            }
            Self::OnlyDuring { category, span } => format!(
                "{} is collected only within a named matter that is open: {}",
                t.category(category),
                t.span(span)
            ),
            Self::ArisesWith { purpose, fact } => {
                format!(
                    "“{}” arises only with: {}",
                    t.purpose(purpose),
                    t.fact(fact)
                )
            }
            Self::Processor { processor } => format!(
                "None of the stated purposes is carried out by: {}",
                policy.processor(processor).title.en
            ),
            Self::Approval { origin } => format!(
                "{} needs an approval before anything is taken from it",
                policy.origin(origin).title.en
            ),
            Self::InTheFuture => "It cannot lie in the future".into(),
            Self::FactInTheFuture { fact } => {
                format!("It cannot lie in the future: {}", t.fact(fact))
            }
            Self::MatterNeeded { fact } => {
                format!(
                    "The matter that it is about has to be named: {}",
                    t.fact(fact)
                )
            }
            Self::MatterUnknown { fact } => format!("It is about no matter: {}", t.fact(fact)),
            Self::NotOfOrganisation { fact } => {
                format!("It does not happen to an organisation: {}", t.fact(fact))
            }
            Self::Recorder { fact } => {
                format!("Whoever records it may not: {}", t.fact(fact))
            }
            Self::Manner { fact } => {
                format!(
                    "Something in that manner does not count as: {}",
                    t.fact(fact)
                )
            }
            Self::NotByConsent { purpose } => {
                format!("“{}” rests on consent for nobody", t.purpose(purpose))
            }
            Self::ProofNeeded { purpose } => format!(
                "A consent to “{}” needs its proof, and none is held",
                t.purpose(purpose)
            ),
            Self::HoldPurpose { purpose } => {
                format!(
                    "A hold is not placed for everyday use: “{}”",
                    t.purpose(purpose)
                )
            }
            Self::Review => "A hold has to be looked at again on a day to come".into(),
            Self::Absent => "There is no such thing, or it is over already".into(),
            Self::Order => "It would end before it begins, or begin twice".into(),
        }
    }

    fn french(&self, t: &Titles<'_>) -> String {
        let policy = t.policy;
        match *self {
            Self::NothingHeld => "Rien de tel n'est conservé".into(),
            Self::Recipient { recipient, purpose } => format!(
                "« {} » n'est pas autorisé à lire ceci pour « {} »",
                policy.recipient(recipient).title.fr,
                t.purpose(purpose)
            ),
            Self::Role {
                role,
                action,
                purpose,
                lacks,
            } => {
                let what = match lacks {
                    Lack::Grant => "n'y donne pas droit",
                    Lack::Kind => "n'y donne droit que pour d'autres catégories de personnes",
                    Lack::OwnClient => {
                        "n'y donne droit que pour ses propres clients, et cette personne n'en est \
                         pas un"
                    }
                    Lack::Matter => {
                        "n'y donne droit que dans une affaire désignée, et ceci n'en relève pas"
                    }
                };
                format!("{} {what} {}", t.role(role), t.act(action, purpose))
            }
            Self::RoleReview { role, due } => format!(
                "{} n’ouvre plus rien : personne ne l’a confirmé avant son échéance, le {}",
                t.role(role),
                due.strftime("%d/%m/%Y")
            ),
            Self::Undertaking { document, lacks } => {
                let why = match lacks {
                    Unaccepted::Unpublished => {
                        "n’est pas publié, personne ne peut donc l’accepter".to_owned()
                    }
                    Unaccepted::Never => "n’a pas été accepté".to_owned(),
                    Unaccepted::Newer => {
                        "existe dans une nouvelle version, qui n’a pas été acceptée".to_owned()
                    }
                    Unaccepted::Due(due) => format!(
                        "devait être accepté de nouveau avant le {}",
                        due.strftime("%d/%m/%Y")
                    ),
                };
                format!("Aucune consultation : « {} » {why}", t.document(document))
            }
            Self::NotUsed { purpose, category } => format!(
                "« {} » n'utilise pas : {}",
                t.purpose(purpose),
                t.category(category)
            ),
            Self::NoGround { purpose, .. } => {
                format!(
                    "La collecte n'a pas eu lieu pour « {} »",
                    t.purpose(purpose)
                )
            }
            Self::Term { rule, version } => {
                let rule = policy.rule(rule);
                if version == policy.version {
                    format!("La durée est échue : {} ({})", rule.title.fr, rule.name)
                } else {
                    format!(
                        "La durée est échue : {} ({}), selon la version {version} de la politique, \
                         la dernière dont la personne a été informée",
                        rule.title.fr, rule.name
                    )
                }
            }
            Self::Ended { purpose, by } => {
                let why = match by {
                    EndedBy::Term => "la durée était échue",
                    EndedBy::Consent => "le consentement a été retiré ou a expiré",
                    EndedBy::Objection => "la personne s'y est opposée",
                    EndedBy::Erasure(ground) => erasure(ground).1,
                    EndedBy::Source => "les données dont elle dérive ont disparu",
                };
                format!(
                    "La conservation pour « {} » a pris fin : {why}",
                    t.purpose(purpose)
                )
            }
            Self::NotYet { purpose } => format!(
                "« {} » ne s'appliquera à la personne que plus tard",
                t.purpose(purpose)
            ),
            Self::NoTerm { purpose, category } => format!(
                "Aucune durée n'est prévue pour « {} » ({}), et rien n'est conservé sans durée",
                t.purpose(purpose),
                t.category(category)
            ),
            Self::Source => "Les données dont elle dérive ont disparu".into(),
            Self::NoBasis { purpose } => format!(
                "« {} » n'a pas de base légale pour une telle personne, ce canal ou ce jour",
                t.purpose(purpose)
            ),
            Self::ConsentNeeded { purpose, channel } => match channel {
                Some(channel) => format!(
                    "« {} » ({}) demande un consentement, et aucun n'est en vigueur",
                    t.purpose(purpose),
                    policy.channel(channel).title.fr
                ),
                None => format!(
                    "« {} » demande un consentement, et aucun n'est en vigueur",
                    t.purpose(purpose)
                ),
            },
            Self::ContractNotOpen { purpose, span } => format!(
                "« {} » repose sur : {} ; la personne n'en a pas en cours",
                t.purpose(purpose),
                t.span(span)
            ),
            Self::Objection {
                purpose,
                canvassing,
            } => match canvassing {
                true => format!(
                    "La personne s'est opposée à la prospection : « {} »",
                    t.purpose(purpose)
                ),
                false => format!("La personne s'est opposée à « {} »", t.purpose(purpose)),
            },
            Self::Hold { purpose } => format!(
                "Une mesure de conservation n'en permet l'usage que pour « {} »",
                t.purpose(purpose)
            ),
            Self::Evidence { purpose } => format!(
                "Un litige n'en permet l'usage que pour « {} »",
                t.purpose(purpose)
            ),
            Self::Restriction => "Son traitement est limité".into(),
            Self::Uninformed => "La personne n’a pas encore été informée des données qu’un tiers \
                                 a communiquées à son sujet"
                .into(),
            Self::Destroyed => "Sa destruction est en cours".into(),
            Self::NoPurpose => "Rien n'est collecté sans finalité".into(),
            Self::NotConcerned { purpose, kind } => {
                format!(
                    "« {} » ne concerne pas : {}",
                    t.purpose(purpose),
                    t.kind(kind)
                )
            }
            Self::UndeclaredField { category } => {
                format!("Ce champ n'est pas déclaré : {}", t.category(category))
            }
            Self::FieldNotNeeded { field } => {
                format!(
                    "Aucune finalité annoncée n'en a besoin : {}",
                    t.field(field)
                )
            }
            Self::NotCorrectable { field } => {
                format!(
                    "Cela se modifie sur demande écrite avec justificatif d'identité, pas en ligne : {}",
                    t.field(field)
                )
            }
            Self::NotAsked { form, field } => format!(
                "Le formulaire « {} » ne demande pas : {}",
                t.form(form),
                t.field(field)
            ),
            Self::AnswerMissing { form, field } => format!(
                "Le formulaire « {} » n'est pas recevable sans : {}",
                t.form(form),
                t.field(field)
            ),
            Self::FormKind { form, kind } => format!(
                "Le formulaire « {} » n'est pas destiné à : {}",
                t.form(form),
                t.kind(kind)
            ),
            Self::OnlyDuring { category, span } => format!(
                "{} : collecte possible seulement pour une affaire désignée et en cours ({})",
                t.category(category),
                t.span(span)
            ),
            Self::ArisesWith { purpose, fact } => {
                format!(
                    "« {} » ne naît qu'avec : {}",
                    t.purpose(purpose),
                    t.fact(fact)
                )
            }
            Self::Processor { processor } => format!(
                "Aucune des finalités annoncées n'est confiée à : {}",
                policy.processor(processor).title.fr
            ),
            Self::Approval { origin } => format!(
                "{} : rien n'en est repris sans approbation",
                policy.origin(origin).title.fr
            ),
            Self::InTheFuture => "La date ne peut pas être à venir".into(),
            Self::FactInTheFuture { fact } => {
                format!("La date ne peut pas être à venir : {}", t.fact(fact))
            }
            Self::MatterNeeded { fact } => {
                format!("L'affaire concernée doit être désignée : {}", t.fact(fact))
            }
            Self::MatterUnknown { fact } => {
                format!("Cela ne concerne aucune affaire : {}", t.fact(fact))
            }
            Self::NotOfOrganisation { fact } => {
                format!("Cela n'arrive pas à un organisme : {}", t.fact(fact))
            }
            Self::Recorder { fact } => {
                format!(
                    "L'auteur de l'acte ne peut pas le constater : {}",
                    t.fact(fact)
                )
            }
            Self::Manner { fact } => {
                format!("Un tel événement ne compte pas comme : {}", t.fact(fact))
            }
            Self::NotByConsent { purpose } => {
                format!(
                    "« {} » ne repose sur le consentement de personne",
                    t.purpose(purpose)
                )
            }
            Self::ProofNeeded { purpose } => format!(
                "Un consentement à « {} » demande sa preuve, et aucune n'est conservée",
                t.purpose(purpose)
            ),
            Self::HoldPurpose { purpose } => format!(
                "On ne conserve pas ainsi pour un usage courant : « {} »",
                t.purpose(purpose)
            ),
            Self::Review => "La mesure doit être réexaminée un jour à venir".into(),
            Self::Absent => "Cela n'existe pas, ou a déjà pris fin".into(),
            Self::Order => "La fin précéderait le début, ou le début serait double".into(),
        }
    }
}

/// A request for erasure in words, in English and in French.
fn erasure(ground: ErasureGround) -> (&'static str, &'static str) {
    match ground {
        ErasureGround::NoLongerNecessary => (
            "erased on request, as no longer necessary",
            "effacement demandé, les données n'étant plus nécessaires",
        ),
        ErasureGround::ConsentWithdrawn => (
            "erased on request, the consent being withdrawn",
            "effacement demandé, le consentement étant retiré",
        ),
        ErasureGround::Objection | ErasureGround::CanvassingObjection => (
            "erased on request, the person having objected",
            "effacement demandé, la personne s'étant opposée",
        ),
        ErasureGround::Unlawful => (
            "erased, as it was processed unlawfully",
            "effacement, le traitement ayant été illicite",
        ),
        ErasureGround::LegalObligation => {
            ("erased, as the law obliges", "effacement imposé par la loi")
        }
        ErasureGround::ChildOnlineService => (
            "erased on request, as it was collected from a child",
            "effacement demandé, la collecte ayant visé un enfant",
        ),
    }
}
