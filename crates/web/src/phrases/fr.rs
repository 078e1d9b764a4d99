//! French. No-break spaces stand before `:` and inside quotation marks, as French sets them.

use super::{
    Beside, Calendar, Error, Home, Journal, Notice, People, Person, Phrases, Reading, Shell,
};

pub(super) static PHRASES: Phrases = Phrases {
    basis: [
        "Votre consentement",
        "Un contrat avec vous",
        "Des mesures précontractuelles, à votre demande",
        "Une obligation légale",
        "La sauvegarde d’intérêts vitaux",
        "Une mission d’intérêt public",
        "Notre intérêt légitime",
    ],
    shell: Shell {
        skip: "Aller au contenu",
        pages: "Pages",
        language: "Langue",
        home: "Vue d’ensemble",
        people: "Personnes",
        calendar: "Calendrier",
        journal: "Journal",
        notice: "Politique de confidentialité",
        rehearsal: "Répétition",
        it_is: "Nous sommes ici le",
        move_time: "avancer l’horloge",
        policy_version: "politique, version",
        reads_are_recorded: "Personnes fictives. Tout ce que vous ouvrez ici est inscrit au journal avant de vous être montré.",
    },
    reading: Reading {
        read_as: "Lire en tant que",
        nobody: "personne : ni nom, ni valeur",
        show: "Afficher",
        choose: "Choisissez qui lit et dans quel but : rien ne s’ouvre sans les deux.",
    },
    home: Home {
        title: "Vue d’ensemble",
        lead: |one| {
            format!(
                "Une répétition de {one} : des personnes fictives, des règles réelles. Tout ici obéit à la politique publiée. Avancez l’horloge et voyez ce qui part, ce qui reste, et pourquoi."
            )
        },
        people: "Personnes",
        records: "Données",
        entries: "Lignes de journal",
        next: "Prochain départ",
        time: "L’horloge",
        time_words: "Le temps ne va que vers l’avant. Ce qui dépasse sa durée en chemin est illisible aussitôt, puis purgé.",
        forward: "Avancer de",
        to_date: "Ou aller à une date",
        go: "Avancer l’horloge",
        moved: |one, two| format!("L’horloge est passée du {one} au {two}."),
        nothing_went: "Rien n’avait dépassé sa durée.",
        went: "Ce qui est parti entre-temps",
        category: "Catégorie",
        kind: "Qualité",
        deleted: "Supprimées",
        anonymised: "Anonymisées",
        by_kind: "Personnes par qualité",
        by_category: "Données par catégorie",
        look: "Que regarder",
        steps: [
            ("1 day", "1 jour"),
            ("1 month", "1 mois"),
            ("13 months", "13 mois"),
            ("1 year", "1 an"),
            ("5 years", "5 ans"),
        ],
        ways: [
            (
                "/people",
                "Personnes",
                "Lisez quelqu’un comme le marketing, puis comme la comptabilité : chacun voit autre chose, et chaque refus nomme sa règle.",
            ),
            (
                "/calendar",
                "Calendrier de conservation",
                "Ce qui part, et quand, catégorie par catégorie, et ce qui attend un événement.",
            ),
            (
                "/journal",
                "Journal",
                "Sa taille, sa racine, son point de contrôle signé ; un bouton suffit à le vérifier.",
            ),
            (
                "/privacy",
                "Politique de confidentialité",
                "Ce que lit le public, produit à partir de la politique qui décide ici.",
            ),
        ],
    },
    people: People {
        title: "Personnes",
        lead: |one| {
            format!(
                "{one} personnes. Un nom ne s’affiche que si la finalité indiquée permet de le lire."
            )
        },
        find: "Trouver une personne",
        field: "Par",
        value: "Valeur exacte",
        search: "Trouver",
        exact: "Les valeurs sont enregistrées sous forme d’empreintes à clé : seule la valeur entière et exacte trouve quelqu’un. Elle ne figure jamais dans une adresse.",
        not_found: |one| format!("Personne n’a exactement cette valeur ({one})."),
        list: "Tout le monde",
        caption: |one, two| format!("Lu par {one}, pour : {two}"),
        caption_nobody: "Aucun lecteur indiqué : identifiants seulement",
        person: "Personne",
        kinds: "Qualité",
        records: "Données",
        next_to_go: "Prochain départ",
        waits: "attend un événement",
        pages: "Suite de la liste",
        first_page: "Première page",
        next_page: "Page suivante",
    },
    person: Person {
        title: |one| format!("Personne …{one}"),
        back: "Toutes les personnes",
        professional: "à titre professionnel",
        private: "à titre privé",
        role_since: |one, two| format!("{one} depuis le {two}"),
        role_until: |one, two| format!("{one} jusqu’au {two}"),
        beside: "Comparer ce que voient deux lecteurs",
        open: "Ce qui peut être lu",
        open_as: |one, two| {
            format!(
                "Par {one}, pour : {two}. Cette lecture a été inscrite au journal avant d’être affichée."
            )
        },
        open_nobody: "Rien : personne n’a dit qui lit, ni dans quel but.",
        name_withheld: "Le nom reste fermé :",
        purpose: "Finalité",
        basis: "Base légale",
        origin: "Origine",
        collected: "Collecte",
        brought_by: "Apportée par",
        readable: "Lisible à ce titre jusqu’au",
        goes: "Disparaît",
        closed: "Ce qui reste fermé",
        closed_caption: "Détenu pour d’autres finalités, et pourquoi ce lecteur ne le voit pas",
        category: "Catégorie et champs",
        why: "Pourquoi",
        facts: "Ce qui s’est passé",
        no_facts: "Rien qui déplace une durée.",
        of_organisation: "organisation",
        matter: "affaire",
        consents: "Consentements",
        no_consents: "Aucun.",
        withdrawn: "retiré le",
        lapses: "expire le",
        limits: "Oppositions et limitations",
        lifted: "levée le",
        holds: "Gels",
        hold_for: |one| format!("seulement pour : {one}"),
        review: "à réexaminer le",
        trace: "Qui l’a lu",
        trace_caption: "D’après le journal, du plus récent au plus ancien ; cette page y figure",
        when: "Quand",
        who: "Qui",
        act: "Acte",
        categories: "Catégories",
        entry: "Ligne",
    },
    beside: Beside {
        title: "Côte à côte",
        lead: "La même personne, lue deux fois :",
        back: "Retour à la personne",
        one: "Un lecteur",
        other: "Un autre",
        nobody: "personne",
        compare: "Comparer",
        caption: "Champ par champ",
        field: "Champ",
        withheld: "Fermé.",
    },
    calendar: Calendar {
        title: "Calendrier de conservation",
        lead: "Ce qui part, et quand, en l’état de la politique et des événements. Un événement, une opposition ou un gel peut le modifier.",
        scale: "Échelle",
        by_month: "Par mois",
        by_year: "Par année",
        due: |one| {
            format!("Au-delà de leur durée, illisibles, en attente de la prochaine purge : {one}.")
        },
        plot: "Données qui partent, par catégorie",
        plot_words: "Barres empilées, une par colonne de temps ; le tableau ci-dessous donne les mêmes chiffres.",
        below: "Le tableau ci-dessous donne les mêmes chiffres, chaque catégorie à part.",
        others: "Toutes les autres",
        figures: "En chiffres",
        caption: "Données qui partent, par période et par catégorie",
        column: "Période",
        total: "Total",
        waiting: "Sans date encore",
        waiting_words: "Elles attendent un événement, comme la fin d’un contrat : leur date en découlera.",
        category: "Catégorie",
        records: "Données",
    },
    journal: Journal {
        title: "Journal",
        lead: "Chaque lecture, écriture ou suppression est une ligne d’un arbre de hachage. Que l’on en change une, et tout ce qui est au-dessus ne s’accorde plus.",
        state: "Lignes",
        entries_words: "écrites dans l’ordre, et jamais réécrites.",
        verify_words: "Relire tout le journal, recalculer chaque empreinte et comparer avec le point de contrôle signé.",
        verify: "Vérifier maintenant",
        holds: |one| {
            format!("Tout concorde : {one} lignes correspondent au point de contrôle signé.")
        },
        broken: "Le journal ne concorde pas.",
        outside: "Pour les tiers",
        outside_words: "Conservez un point de contrôle ailleurs : aucune histoire qui le contredit ne pourra passer pour celle-ci. Les formats sont publics (C2SP signed note et tlog-tiles), et d’autres outils peuvent donc le vérifier.",
        root: "Racine",
        key: "Clé publique",
        checkpoint: "Point de contrôle",
        entries: "Dernières lignes",
        caption: "Identifiants seulement : le journal ne contient ni nom ni valeur",
        number: "Ligne",
        when: "Quand",
        act: "Acte",
        who: "Qui",
        about: "Au sujet de",
        pruned: "détails supprimés à leur terme",
    },
    error: Error {
        rule: "La règle :",
        back: "Retour à la vue d’ensemble",
        kinds: [
            (
                "Demande illisible",
                "Un élément de la demande n’est pas conforme. Rien n’a été modifié.",
            ),
            (
                "Refusé par la politique",
                "Une règle dit non. Le refus est inscrit au journal, comme tout accès.",
            ),
            (
                "Un changement est intervenu",
                "Ce que vous avez vu n’est plus à jour. Rien n’a été modifié.",
            ),
            (
                "Page introuvable",
                "L’adresse est peut-être fausse, ou ce qui se trouvait ici a disparu à son terme.",
            ),
            (
                "Impossible pour l’instant",
                "Kept ne peut pas le faire en ce moment, et n’a rien fait à moitié.",
            ),
            (
                "Arrêt",
                "Les données enregistrées ne concordent pas. Kept s’arrête plutôt que de deviner ; le journal technique dit où.",
            ),
        ],
    },
    notice: Notice {
        title: "Politique de confidentialité",
        generated: "Cette page est produite à partir de la politique qui régit nos données. Ce qu’elle dit est ce que font nos systèmes.",
        version: "Version",
        published_on: "publiée le",
        superseded: "Cette version n’est plus en vigueur.",
        to_current: "Lire la version actuelle",
        contents: "Sur cette page",
        colon: " : ",

        in_short: "L’essentiel",
        short_who: "Qui nous sommes",
        short_kinds: "Cette politique vous concerne si vous êtes dans l’un de ces cas :",
        more_people: "Lequel est le mien ?",
        short_why: "Pour quoi faire",
        short_purposes: |purposes, categories| {
            format!(
                "{purposes} finalités, chacune avec sa base légale, utilisent {categories} catégories de données. Ce qui ne figure pas ici n’est pas collecté."
            )
        },
        more_purposes: "Toutes les finalités",
        short_no_special: "Nous ne détenons aucune donnée sensible, comme la santé, les opinions ou les croyances.",
        short_how_long: "Combien de temps",
        short_terms: |least, most| {
            format!(
                "Chaque usage de vos données a sa propre durée, de {least} à {most}. Ce jour-là, les données deviennent illisibles ; elles sont ensuite supprimées, ou ne laissent que des chiffres qui ne désignent personne."
            )
        },
        short_one_term: |only| {
            format!(
                "{only}. Ce jour-là, les données deviennent illisibles, puis elles sont supprimées."
            )
        },
        short_at_once: "Le temps seulement de l’affaire pour laquelle elles ont été collectées.",
        more_retention: "Toutes les durées",
        short_readers: "Qui les voit",
        short_recipients: |inside, outside| {
            format!(
                "Seulement ceux dont la tâche l’exige : {inside} de nos services et {outside} types de destinataires externes, chacun pour des finalités précises. Chaque accès laisse une trace."
            )
        },
        more_recipients: "Tous les destinataires",
        short_rights: "Vos droits",
        short_you_may: "Vous disposez des droits suivants :",
        more_rights: "Comment les exercer",
        short_canvassing: "Vous pouvez refuser la prospection à tout moment, sans donner de motif.",
        short_contact: "À qui s’adresser",
        short_complain: "Si notre réponse ne vous satisfait pas, vous pouvez saisir l’autorité de contrôle :",

        controller: "Qui est responsable",
        controller_lead: "Le responsable du traitement décide pourquoi et comment vos données sont traitées, et en répond.",
        officer: "Délégué à la protection des données",
        officer_lead: "Votre interlocuteur pour toute question sur vos données ou vos droits.",
        documents: "Documents distincts",
        documents_lead: "Ces documents sont publiés à part et n’appartiennent pas à la présente politique :",

        people: "Les personnes concernées",
        people_lead: "Vous pouvez relever de plusieurs de ces cas à la fois ; chaque partie de cette politique vous concerne alors à ce titre.",

        data: "Ce que nous collectons, et d’où cela vient",
        data_lead: "Nous ne collectons rien hors de ces catégories et de ces champs, et seulement ce qu’une finalité exige.",
        technical: "technique",
        special: "sensible",
        only_during: "Collecté seulement dans ce cadre :",
        optional: "Sur nos formulaires, un astérisque signale ce qui est obligatoire, et nous indiquons ce qu’entraîne une absence de réponse. Un usage fondé sur un contrat ou sur une obligation légale ne peut avoir lieu sans les données qu’il exige ; le reste dépend de vous.",
        origins: "L’origine des données",
        from_you: "Vous-même :",
        from_others: "D’autres sources :",
        needs_approval: "exceptionnellement, et avec une autorisation préalable chaque fois",

        purposes: "Pour quoi faire, et sur quelle base légale",
        purposes_lead: "Les données collectées pour une finalité n’en servent pas une autre. Lorsque plusieurs bases sont indiquées, celle qui correspond de plus près à votre situation s’applique.",
        canvassing: "prospection",
        basis: "Base légale",
        uses: "Données",
        all_but: "tout sauf",
        readers: "Lues par",
        no_reader: "Personne ne lit de dossier individuel pour cette finalité.",
        terms: "Conservées",
        arises_with: "Seulement après cet événement :",
        duty: "Dès que cette seule finalité retient les données, elles sont fermées à tout autre usage.",
        evidence: "Tant qu’elle dure, les données sont fermées à tout autre usage.",
        consent_lasts: |lasts| {
            format!("Un consentement dure {lasts} ; ensuite, nous vous le redemandons.")
        },
        private: "à titre privé",
        professional: "à titre professionnel",
        by_channel: |channels| format!("par {channels}"),
        since: |day| format!("à partir du {day}"),
        until: |day| format!("jusqu’au {day}"),

        recipients: "Qui reçoit des données",
        recipients_lead: "Personne ne lit rien par défaut. Chaque finalité ci-dessus indique qui peut lire pour elle, et quoi ; chaque accès est consigné.",
        internal: "Dans notre organisation",
        external: "À l’extérieur",
        authorities: "Une autorité habilitée par la loi peut recevoir un extrait : ce qu’elle a demandé et rien de plus, sur un fondement légal précis. Chaque communication est inscrite à un registre.",
        processors_title: "Sous-traitants",
        processors_lead: "Ils agissent pour notre compte et sur nos instructions, en vertu d’un contrat écrit qui les soumet aux mêmes obligations que nous.",
        transfers: "Hors de l’Union européenne",
        no_transfers: "Aucune donnée ne quitte l’Union européenne.",
        some_transfers: "Certaines données quittent l’Union européenne ; chaque destinataire concerné est indiqué avec la garantie qui les y protège.",
        transfer_to: |country| format!("Hors de l’Union européenne (pays : {country})"),

        retention: "Combien de temps, et ce qu’elles deviennent",
        retention_lead: "Une durée se compte en mois ou en années entiers à partir des dates indiquées. Les données restent lisibles jusqu’au dernier jour inclus, et pas au-delà.",
        term_from: |length, anchor| format!("{length} à compter de : {anchor}"),
        term_from_latest: |length, anchors| {
            format!("{length} à compter de la plus tardive de ces dates : {anchors}")
        },
        term_at_once: |anchor| format!("Jusqu’à ce moment précis : {anchor}"),
        term_at_once_latest: |anchors| {
            format!("Jusqu’au plus tardif de ces moments précis : {anchors}")
        },
        anchor_collection: "collecte",
        anchor_end: |span| format!("fin – {span}"),
        waits_during: "Le délai ne court pas pendant :",
        at_least: "Minimum légal :",
        at_most: "Maximum légal :",
        anonymised_means: |group| {
            format!(
                "Des données anonymisées sont supprimées et n’ajoutent qu’une unité à un décompte, montré pour des groupes d’au moins {group} personnes."
            )
        },
        then_delete: "Ensuite, suppression.",
        then_anonymise: |projection| {
            format!("Ensuite, anonymisation : il reste un décompte ({projection}).")
        },
        source_law: "Exigé par la loi",
        source_contract: "Exigé par le contrat",
        source_need: "Pourquoi cette durée",
        covers_kinds: "Personnes",
        exceptions: "Ce qui peut modifier une durée",
        exception_hold: "Un litige ou l’injonction d’une autorité peut suspendre une suppression. Les données concernées sont alors gardées pour cela seul, fermées à tout autre usage, et le besoin est réexaminé à date fixe.",
        exception_duty: "Lorsque la loi nous oblige à garder un élément plus longtemps, il l’est pour cette seule obligation.",
        exception_objection: "Une opposition, un retrait de consentement ou un effacement met fin aussitôt à un usage, quelle que soit sa durée.",
        exception_calendar: "Une durée qui expire un week-end ou un jour férié n’est pas prolongée.",
        exception_change: "Si nous raccourcissons une durée, le changement vaut aussitôt. Si nous en allongeons une, il ne vaut pour vous qu’une fois que vous en avez été informé.",

        rights: "Vos droits",
        rights_lead: "Leur exercice est gratuit.",
        write_to: "Écrivez à",
        or_post_to: "ou par courrier à",
        document_always: "Nous demandons un justificatif d’identité, détruit une fois vérifié.",
        document_on_doubt: "Nous ne demandons un justificatif d’identité qu’en cas de doute raisonnable.",
        document_never: "Aucun justificatif d’identité n’est nécessaire.",
        limit_restriction: "La loi accorde ce droit dès que l’un de ses quatre motifs est réuni, contrat ou non ; nous l’accordons alors.",
        limit_portability: "La loi accorde aussi la portabilité des données détenues au titre d’un contrat ; elles figurent dans la copie que vous recevez en demandant l’accès.",
        answered_within: |time| format!("Réponse sous {time}."),
        withdrawal: "Retirer un consentement",
        withdrawal_words: "Lorsque nous nous fondons sur votre consentement, vous pouvez le retirer à tout moment, aussi simplement que vous l’avez donné. Ce qui a été fait auparavant reste licite.",
        complaint: "Réclamation auprès de l’autorité",
        complaint_words: "Si vous estimez que vos données ne sont pas traitées comme la loi l’exige, vous pouvez adresser une réclamation à l’autorité de contrôle, sans avoir à nous écrire d’abord :",
        compensation: "Réparation",
        compensation_words: "Quiconque subit un dommage du fait d’une violation du RGPD a droit à réparation de la part du responsable du traitement ou du sous-traitant en cause (RGPD, article 82).",
        compensation_all_the_same: "Notre politique décline toute responsabilité en cas de dommage dû à un accès illicite ; ce droit vous appartient néanmoins.",

        decisions: "Décisions automatisées",
        decisions_words: "Aucune décision produisant des effets juridiques à votre égard, ou vous affectant de manière significative de façon similaire, n’est prise par des moyens uniquement automatisés, profilage compris (RGPD, article 22).",
        security: "Comment nous protégeons les données",

        versions: "Versions de cette politique",
        versions_lead: "Toute nouvelle version est portée à votre connaissance, sur cette page et directement lorsqu’elle vous concerne.",
        this_version: "Cette version",
        what_changed: "Ce qui a changé",
        first_version: "C’est la première version.",
        digest: "Empreinte de la politique",
        other_versions: "Autres versions",
    },
};
