//! Countries: ISO 3166-1 codes, and the names by which people write them in English and French.

/// The country (alpha-2) of a code of two or three letters, or of a name in English or French.
#[must_use]
pub fn code(text: &str) -> Option<&'static str> {
    let upper = text.trim().to_uppercase();
    let by_code = CODES
        .iter()
        .find(|(two, three)| *two == upper || *three == upper)
        .map(|(two, _)| *two);
    by_code.or_else(|| {
        let lower = text.trim().to_lowercase().replace('\u{2019}', "'");
        NAMES
            .iter()
            .find(|(_, names)| names.contains(&lower.as_str()))
            .map(|(two, _)| *two)
    })
}

/// All countries (alpha-2).
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|(two, _)| *two)
}

/// Alpha-2 and alpha-3 codes.
#[rustfmt::skip]
const CODES: [(&str, &str); 249] = [
    ("AD", "AND"), ("AE", "ARE"), ("AF", "AFG"), ("AG", "ATG"), ("AI", "AIA"), ("AL", "ALB"),
    ("AM", "ARM"), ("AO", "AGO"), ("AQ", "ATA"), ("AR", "ARG"), ("AS", "ASM"), ("AT", "AUT"),
    ("AU", "AUS"), ("AW", "ABW"), ("AX", "ALA"), ("AZ", "AZE"), ("BA", "BIH"), ("BB", "BRB"),
    ("BD", "BGD"), ("BE", "BEL"), ("BF", "BFA"), ("BG", "BGR"), ("BH", "BHR"), ("BI", "BDI"),
    ("BJ", "BEN"), ("BL", "BLM"), ("BM", "BMU"), ("BN", "BRN"), ("BO", "BOL"), ("BQ", "BES"),
    ("BR", "BRA"), ("BS", "BHS"), ("BT", "BTN"), ("BV", "BVT"), ("BW", "BWA"), ("BY", "BLR"),
    ("BZ", "BLZ"), ("CA", "CAN"), ("CC", "CCK"), ("CD", "COD"), ("CF", "CAF"), ("CG", "COG"),
    ("CH", "CHE"), ("CI", "CIV"), ("CK", "COK"), ("CL", "CHL"), ("CM", "CMR"), ("CN", "CHN"),
    ("CO", "COL"), ("CR", "CRI"), ("CU", "CUB"), ("CV", "CPV"), ("CW", "CUW"), ("CX", "CXR"),
    ("CY", "CYP"), ("CZ", "CZE"), ("DE", "DEU"), ("DJ", "DJI"), ("DK", "DNK"), ("DM", "DMA"),
    ("DO", "DOM"), ("DZ", "DZA"), ("EC", "ECU"), ("EE", "EST"), ("EG", "EGY"), ("EH", "ESH"),
    ("ER", "ERI"), ("ES", "ESP"), ("ET", "ETH"), ("FI", "FIN"), ("FJ", "FJI"), ("FK", "FLK"),
    ("FM", "FSM"), ("FO", "FRO"), ("FR", "FRA"), ("GA", "GAB"), ("GB", "GBR"), ("GD", "GRD"),
    ("GE", "GEO"), ("GF", "GUF"), ("GG", "GGY"), ("GH", "GHA"), ("GI", "GIB"), ("GL", "GRL"),
    ("GM", "GMB"), ("GN", "GIN"), ("GP", "GLP"), ("GQ", "GNQ"), ("GR", "GRC"), ("GS", "SGS"),
    ("GT", "GTM"), ("GU", "GUM"), ("GW", "GNB"), ("GY", "GUY"), ("HK", "HKG"), ("HM", "HMD"),
    ("HN", "HND"), ("HR", "HRV"), ("HT", "HTI"), ("HU", "HUN"), ("ID", "IDN"), ("IE", "IRL"),
    ("IL", "ISR"), ("IM", "IMN"), ("IN", "IND"), ("IO", "IOT"), ("IQ", "IRQ"), ("IR", "IRN"),
    ("IS", "ISL"), ("IT", "ITA"), ("JE", "JEY"), ("JM", "JAM"), ("JO", "JOR"), ("JP", "JPN"),
    ("KE", "KEN"), ("KG", "KGZ"), ("KH", "KHM"), ("KI", "KIR"), ("KM", "COM"), ("KN", "KNA"),
    ("KP", "PRK"), ("KR", "KOR"), ("KW", "KWT"), ("KY", "CYM"), ("KZ", "KAZ"), ("LA", "LAO"),
    ("LB", "LBN"), ("LC", "LCA"), ("LI", "LIE"), ("LK", "LKA"), ("LR", "LBR"), ("LS", "LSO"),
    ("LT", "LTU"), ("LU", "LUX"), ("LV", "LVA"), ("LY", "LBY"), ("MA", "MAR"), ("MC", "MCO"),
    ("MD", "MDA"), ("ME", "MNE"), ("MF", "MAF"), ("MG", "MDG"), ("MH", "MHL"), ("MK", "MKD"),
    ("ML", "MLI"), ("MM", "MMR"), ("MN", "MNG"), ("MO", "MAC"), ("MP", "MNP"), ("MQ", "MTQ"),
    ("MR", "MRT"), ("MS", "MSR"), ("MT", "MLT"), ("MU", "MUS"), ("MV", "MDV"), ("MW", "MWI"),
    ("MX", "MEX"), ("MY", "MYS"), ("MZ", "MOZ"), ("NA", "NAM"), ("NC", "NCL"), ("NE", "NER"),
    ("NF", "NFK"), ("NG", "NGA"), ("NI", "NIC"), ("NL", "NLD"), ("NO", "NOR"), ("NP", "NPL"),
    ("NR", "NRU"), ("NU", "NIU"), ("NZ", "NZL"), ("OM", "OMN"), ("PA", "PAN"), ("PE", "PER"),
    ("PF", "PYF"), ("PG", "PNG"), ("PH", "PHL"), ("PK", "PAK"), ("PL", "POL"), ("PM", "SPM"),
    ("PN", "PCN"), ("PR", "PRI"), ("PS", "PSE"), ("PT", "PRT"), ("PW", "PLW"), ("PY", "PRY"),
    ("QA", "QAT"), ("RE", "REU"), ("RO", "ROU"), ("RS", "SRB"), ("RU", "RUS"), ("RW", "RWA"),
    ("SA", "SAU"), ("SB", "SLB"), ("SC", "SYC"), ("SD", "SDN"), ("SE", "SWE"), ("SG", "SGP"),
    ("SH", "SHN"), ("SI", "SVN"), ("SJ", "SJM"), ("SK", "SVK"), ("SL", "SLE"), ("SM", "SMR"),
    ("SN", "SEN"), ("SO", "SOM"), ("SR", "SUR"), ("SS", "SSD"), ("ST", "STP"), ("SV", "SLV"),
    ("SX", "SXM"), ("SY", "SYR"), ("SZ", "SWZ"), ("TC", "TCA"), ("TD", "TCD"), ("TF", "ATF"),
    ("TG", "TGO"), ("TH", "THA"), ("TJ", "TJK"), ("TK", "TKL"), ("TL", "TLS"), ("TM", "TKM"),
    ("TN", "TUN"), ("TO", "TON"), ("TR", "TUR"), ("TT", "TTO"), ("TV", "TUV"), ("TW", "TWN"),
    ("TZ", "TZA"), ("UA", "UKR"), ("UG", "UGA"), ("UM", "UMI"), ("US", "USA"), ("UY", "URY"),
    ("UZ", "UZB"), ("VA", "VAT"), ("VC", "VCT"), ("VE", "VEN"), ("VG", "VGB"), ("VI", "VIR"),
    ("VN", "VNM"), ("VU", "VUT"), ("WF", "WLF"), ("WS", "WSM"), ("YE", "YEM"), ("YT", "MYT"),
    ("ZA", "ZAF"), ("ZM", "ZMB"), ("ZW", "ZWE"),
];

/// Names, in small letters; a country that is met rarely is written by its code.
#[rustfmt::skip]
const NAMES: [(&str, &[&str]); 113] = [
    ("FR", &["france"]),
    ("GB", &["united kingdom", "royaume-uni", "great britain", "grande-bretagne", "england", "angleterre", "uk"]),
    ("IE", &["ireland", "irlande"]),
    ("BE", &["belgium", "belgique"]),
    ("LU", &["luxembourg"]),
    ("CH", &["switzerland", "suisse"]),
    ("DE", &["germany", "allemagne"]),
    ("AT", &["austria", "autriche"]),
    ("NL", &["netherlands", "pays-bas", "the netherlands"]),
    ("ES", &["spain", "espagne"]),
    ("PT", &["portugal"]),
    ("IT", &["italy", "italie"]),
    ("MC", &["monaco"]),
    ("AD", &["andorra", "andorre"]),
    ("GR", &["greece", "grèce"]),
    ("CY", &["cyprus", "chypre"]),
    ("MT", &["malta", "malte"]),
    ("DK", &["denmark", "danemark"]),
    ("SE", &["sweden", "suède"]),
    ("NO", &["norway", "norvège"]),
    ("FI", &["finland", "finlande"]),
    ("IS", &["iceland", "islande"]),
    ("PL", &["poland", "pologne"]),
    ("CZ", &["czechia", "tchéquie", "czech republic", "république tchèque"]),
    ("SK", &["slovakia", "slovaquie"]),
    ("HU", &["hungary", "hongrie"]),
    ("RO", &["romania", "roumanie"]),
    ("BG", &["bulgaria", "bulgarie"]),
    ("HR", &["croatia", "croatie"]),
    ("SI", &["slovenia", "slovénie"]),
    ("EE", &["estonia", "estonie"]),
    ("LV", &["latvia", "lettonie"]),
    ("LT", &["lithuania", "lituanie"]),
    ("UA", &["ukraine"]),
    ("RS", &["serbia", "serbie"]),
    ("BA", &["bosnia and herzegovina", "bosnie-herzégovine"]),
    ("AL", &["albania", "albanie"]),
    ("MK", &["north macedonia", "macédoine du nord"]),
    ("ME", &["montenegro", "monténégro"]),
    ("MD", &["moldova", "moldavie"]),
    ("RU", &["russia", "russie"]),
    ("TR", &["turkey", "turquie", "türkiye"]),
    ("LI", &["liechtenstein"]),
    ("SM", &["san marino", "saint-marin"]),
    ("US", &["united states", "états-unis", "united states of america", "usa"]),
    ("CA", &["canada"]),
    ("MX", &["mexico", "mexique"]),
    ("BR", &["brazil", "brésil"]),
    ("AR", &["argentina", "argentine"]),
    ("CL", &["chile", "chili"]),
    ("CO", &["colombia", "colombie"]),
    ("PE", &["peru", "pérou"]),
    ("UY", &["uruguay"]),
    ("AU", &["australia", "australie"]),
    ("NZ", &["new zealand", "nouvelle-zélande"]),
    ("JP", &["japan", "japon"]),
    ("CN", &["china", "chine"]),
    ("HK", &["hong kong"]),
    ("TW", &["taiwan", "taïwan"]),
    ("KR", &["south korea", "corée du sud"]),
    ("IN", &["india", "inde"]),
    ("PK", &["pakistan"]),
    ("BD", &["bangladesh"]),
    ("LK", &["sri lanka"]),
    ("TH", &["thailand", "thaïlande"]),
    ("VN", &["vietnam", "viêt nam"]),
    ("ID", &["indonesia", "indonésie"]),
    ("MY", &["malaysia", "malaisie"]),
    ("SG", &["singapore", "singapour"]),
    ("PH", &["philippines"]),
    ("IL", &["israel", "israël"]),
    ("LB", &["lebanon", "liban"]),
    ("AE", &["united arab emirates", "émirats arabes unis"]),
    ("SA", &["saudi arabia", "arabie saoudite"]),
    ("QA", &["qatar"]),
    ("KW", &["kuwait", "koweït"]),
    ("IR", &["iran"]),
    ("IQ", &["iraq", "irak"]),
    ("SY", &["syria", "syrie"]),
    ("JO", &["jordan", "jordanie"]),
    ("EG", &["egypt", "égypte"]),
    ("MA", &["morocco", "maroc"]),
    ("DZ", &["algeria", "algérie"]),
    ("TN", &["tunisia", "tunisie"]),
    ("LY", &["libya", "libye"]),
    ("SN", &["senegal", "sénégal"]),
    ("CI", &["côte d'ivoire", "ivory coast"]),
    ("ML", &["mali"]),
    ("BF", &["burkina faso"]),
    ("NE", &["niger"]),
    ("NG", &["nigeria", "nigéria"]),
    ("GH", &["ghana"]),
    ("TG", &["togo"]),
    ("BJ", &["benin", "bénin"]),
    ("CM", &["cameroon", "cameroun"]),
    ("GA", &["gabon"]),
    ("CG", &["congo"]),
    ("CD", &["democratic republic of the congo", "république démocratique du congo"]),
    ("MG", &["madagascar"]),
    ("MU", &["mauritius", "maurice", "île maurice"]),
    ("KE", &["kenya"]),
    ("ET", &["ethiopia", "éthiopie"]),
    ("ZA", &["south africa", "afrique du sud"]),
    ("HT", &["haiti", "haïti"]),
    ("GP", &["guadeloupe"]),
    ("MQ", &["martinique"]),
    ("GF", &["french guiana", "guyane française", "guyane"]),
    ("RE", &["réunion", "la réunion"]),
    ("YT", &["mayotte"]),
    ("NC", &["new caledonia", "nouvelle-calédonie"]),
    ("PF", &["french polynesia", "polynésie française"]),
    ("GE", &["georgia", "géorgie"]),
    ("AM", &["armenia", "arménie"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_in_both_languages_are_known() {
        for text in ["FR", "fra", "France"] {
            assert_eq!(code(text), Some("FR"));
        }
        assert_eq!(code("Allemagne"), Some("DE"));
        assert_eq!(code("Germany"), Some("DE"));
        assert_eq!(code("Côte d\u{2019}Ivoire"), Some("CI"));
        assert_eq!(code("Atlantis"), None);
        assert_eq!(code("ZZ"), None);
    }

    #[test]
    fn every_name_belongs_to_a_code() {
        for (two, _) in NAMES {
            assert!(CODES.iter().any(|(code, _)| *code == two), "{two}");
        }
    }
}
