//! The table `[settings]` of the configuration file: what else is set in the dashboard.

use std::path::Path;

use luge_engine::settings::{Fixed, Given, Origin};
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::DeValue;

use super::{ConfigError, SETTINGS_TABLE, line_of};

/// Reads the table.
pub(super) fn read(
    settings: &mut Fixed,
    file: &Path,
    text: &str,
    table: Spanned<DeValue<'_>>,
) -> Result<(), ConfigError> {
    if !matches!(table.get_ref(), DeValue::Table(_)) {
        return Err(ConfigError::Setting {
            name: format!("{SETTINGS_TABLE} in {}", file.display()),
            reason: "expected a table".to_owned(),
        });
    }
    let mut path = Vec::new();
    let mut reader = Reader {
        settings,
        file,
        text,
    };
    reader.value(&mut path, table)
}

struct Reader<'a> {
    settings: &'a mut Fixed,
    file: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn value(
        &mut self,
        path: &mut Vec<String>,
        value: Spanned<DeValue<'_>>,
    ) -> Result<(), ConfigError> {
        let line = line_of(self.text, value.span().start);
        match value.into_inner() {
            DeValue::Table(table) => {
                for (key, below) in table {
                    path.push(key.into_inner().into_owned());
                    self.value(path, below)?;
                    path.pop();
                }
                Ok(())
            }
            value => {
                let place = format!("line {line} of {}", self.file.display());
                let name = format!("{} in {place}", path.join("."));
                let refused = |reason| ConfigError::Setting { name, reason };
                let json = json(value);
                let outcome = match json {
                    Some(json) => self
                        .settings
                        .add(path, Given::Json(json), Origin::File(place)),
                    None => {
                        Err("expected a text, a whole number, true, false or a list".to_owned())
                    }
                };
                outcome.map_err(refused)
            }
        }
    }
}

fn json(value: DeValue<'_>) -> Option<Json> {
    Some(match value {
        DeValue::String(text) => text.into_owned().into(),
        DeValue::Boolean(flag) => flag.into(),
        DeValue::Integer(number) => super::whole(&number)?.parse::<i64>().ok()?.into(),
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| json(item.into_inner()));
            Json::Array(items.collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let members = table.into_iter().map(|(key, value)| {
                Some((key.into_inner().into_owned(), json(value.into_inner())?))
            });
            Json::Object(members.collect::<Option<Map<_, _>>>()?)
        }
        DeValue::Float(_) | DeValue::Datetime(_) => return None,
    })
}
