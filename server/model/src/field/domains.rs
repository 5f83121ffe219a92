//! `exceptDomains` and `onlyDomains` of email and url fields, and the texts that these accept.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::field::options::Options;
use crate::invalid::{Violation, Violations};

/// Which domains a value may have; at most one of the lists is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domains {
    /// Refused domains.
    pub except: Vec<String>,
    /// The only accepted domains.
    pub only: Vec<String>,
}

impl Domains {
    pub(super) fn read(options: &mut Options<'_>) -> Self {
        Self {
            except: options.texts("exceptDomains"),
            only: options.texts("onlyDomains"),
        }
    }

    pub(super) fn options(&self) -> Map<String, Json> {
        Map::from_iter([
            ("exceptDomains".to_owned(), self.except.clone().into()),
            ("onlyDomains".to_owned(), self.only.clone().into()),
        ])
    }

    pub(super) fn check(&self) -> Violations {
        let mut all = Violations::new();
        let exclusive = !self.except.is_empty() && !self.only.is_empty();
        for (key, domains) in [("exceptDomains", &self.except), ("onlyDomains", &self.only)] {
            if exclusive {
                all.add(key, Violation::new("validation_empty", "Must be blank."));
            }
            let mut below = Violations::new();
            for (index, domain) in domains.iter().enumerate() {
                if !domain.is_empty() && !is_domain(domain) {
                    let violation =
                        Violation::new("validation_is_domain", "Must be a valid domain.");
                    below.add(&index.to_string(), violation);
                }
            }
            all.nest(key, below);
        }
        all
    }

    pub(super) fn allow(&self, domain: &str) -> bool {
        let listed = |domains: &[String]| domains.iter().any(|one| one == domain);
        !listed(&self.except) && (self.only.is_empty() || listed(&self.only))
    }
}

fn is_domain(text: &str) -> bool {
    static DOMAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
        Regex::new(&format!(
            "^(?:{label}\\.)+(?:[a-zA-Z]{{1,63}}|xn--[a-z0-9]{{1,59}})$"
        ))
        .ok()
    });
    text.len() <= 255
        && DOMAIN
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(text))
}
