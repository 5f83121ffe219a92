//! Where each setting comes from.

use serde_json::{Map, Value as Json};

use super::{Fixed, Settings, SettingsValues};
use crate::context::Context;
use crate::error::Result;

/// Where one setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The keys that lead to it, joined by dots.
    pub path: String,
    /// `default`, `stored`, `environment` or `file`.
    pub kind: &'static str,
    /// The variable, or the file with its line.
    pub from: Option<String>,
}

impl Settings {
    /// The source of every setting, in the order in which they are shown; secrets too.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn sources(&self, context: &Context) -> Result<Vec<Source>> {
        context.require_superuser()?;
        let defaults = SettingsValues::default().with_secrets();
        let own = self.own.load().with_secrets();
        let mut sources = Vec::new();
        collect(&own, &defaults, &self.fixed, &mut Vec::new(), &mut sources);
        Ok(sources)
    }
}

fn collect(
    own: &Map<String, Json>,
    defaults: &Map<String, Json>,
    fixed: &Fixed,
    path: &mut Vec<String>,
    sources: &mut Vec<Source>,
) {
    for (key, value) in own {
        path.push(key.clone());
        let default = defaults.get(key);
        match (value, default) {
            (Json::Object(value), Some(Json::Object(default))) => {
                collect(value, default, fixed, path, sources);
            }
            _ => {
                let stored = if Some(value) == default {
                    "default"
                } else {
                    "stored"
                };
                let (kind, from) = match fixed.origin(path) {
                    Some((kind, from)) => (kind, Some(from)),
                    None => (stored, None),
                };
                sources.push(Source {
                    path: path.join("."),
                    kind,
                    from,
                });
            }
        }
        path.pop();
    }
}
