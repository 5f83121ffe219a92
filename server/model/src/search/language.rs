//! The languages whose words are stemmed, by their ISO 639-1 codes.

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "a language is called by its name")]
pub enum Language {
    Arabic,
    Armenian,
    Basque,
    Catalan,
    Czech,
    Danish,
    Dutch,
    English,
    Estonian,
    Finnish,
    French,
    German,
    Greek,
    Hindi,
    Hungarian,
    Indonesian,
    Irish,
    Italian,
    Lithuanian,
    Nepali,
    Norwegian,
    Polish,
    Portuguese,
    Romanian,
    Russian,
    Serbian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

/// Every language with its code, in the order of the codes.
const CODES: [(Language, &str); 30] = [
    (Language::Arabic, "ar"),
    (Language::Catalan, "ca"),
    (Language::Czech, "cs"),
    (Language::Danish, "da"),
    (Language::German, "de"),
    (Language::Greek, "el"),
    (Language::English, "en"),
    (Language::Spanish, "es"),
    (Language::Estonian, "et"),
    (Language::Basque, "eu"),
    (Language::Finnish, "fi"),
    (Language::French, "fr"),
    (Language::Irish, "ga"),
    (Language::Hindi, "hi"),
    (Language::Hungarian, "hu"),
    (Language::Armenian, "hy"),
    (Language::Indonesian, "id"),
    (Language::Italian, "it"),
    (Language::Lithuanian, "lt"),
    (Language::Nepali, "ne"),
    (Language::Dutch, "nl"),
    (Language::Norwegian, "no"),
    (Language::Polish, "pl"),
    (Language::Portuguese, "pt"),
    (Language::Romanian, "ro"),
    (Language::Russian, "ru"),
    (Language::Serbian, "sr"),
    (Language::Swedish, "sv"),
    (Language::Tamil, "ta"),
    (Language::Turkish, "tr"),
];

impl Language {
    /// All languages, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|(language, _)| *language)
    }

    /// Its code, such as `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        let mut codes = CODES.iter();
        codes
            .find(|(language, _)| *language == self)
            .map_or("", |(_, code)| code)
    }

    /// The language of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let mut codes = CODES.iter();
        codes
            .find(|(_, known)| *known == code)
            .map(|(language, _)| *language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_language() {
        for language in Language::all() {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert!(CODES.is_sorted_by_key(|(_, code)| *code));
        assert_eq!(Language::from_code("xx"), None);
        assert_eq!(Language::from_code("EN"), None);
    }
}
