//! What the server runs with: flags over environment over `luge.toml` over defaults.
//!
//! Text goes in, meaning comes out, once; every value knows where it came from, so that a wrong
//! one is named by its source.

use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use luge_engine::files::FileStoreKind;
use luge_engine::settings::{Fixed, Given, Origin};
use toml::de::{DeInteger, DeTable, DeValue};

use crate::outside::Destinations;

mod settings;

/// The names of all settings, as flags are written. `LUGE_METRICS_ADDR` and `metrics_addr` are the
/// forms of `metrics-addr` in the environment and in the file.
pub(crate) const NAMES: [&str; 13] = [
    "http",
    "dir",
    "store",
    "files",
    "durability",
    "cache",
    "metrics-addr",
    "public-dir",
    "outbound-allow",
    "log",
    "log-format",
    "encryption-env",
    "sign-in-back-off",
];

/// The file that is read when no other is named.
pub(crate) const FILE: &str = "luge.toml";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// A flag of the command line.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The configuration file, at a line.
    File(PathBuf, usize),
    /// Nobody said anything.
    Default,
}

/// How variables begin that set what else is set in the dashboard: `LUGE_SETTINGS__smtp__host`.
const SETTINGS_PREFIX: &str = "LUGE_SETTINGS__";
/// The table of the file that does the same.
const SETTINGS_TABLE: &str = "settings";

/// Why the configuration is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file is no TOML.
    #[error("the configuration file {path} is malformed: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// Where and why.
        reason: String,
    },
    /// The file has a key that means nothing.
    #[error("line {line} of {path} has an unknown key `{key}`; known are: {known}")]
    UnknownKey {
        /// The file.
        path: String,
        /// Where in it.
        line: usize,
        /// The key.
        key: String,
        /// What could be meant.
        known: String,
    },
    /// A value of the file is of another kind.
    #[error("{name} is neither text nor a whole number")]
    Kind {
        /// The setting, in the words of its source.
        name: String,
    },
    /// A setting is unknown or its value of another type.
    #[error("{name}: {reason}")]
    Setting {
        /// Who gives it.
        name: String,
        /// Why it is refused.
        reason: String,
    },
    /// A value makes no sense.
    #[error("{name} is `{value}`, {expected}")]
    Value {
        /// The setting, in the words of its source.
        name: String,
        /// What was given.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
}

/// The texts of all settings, each from the strongest source that has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    values: BTreeMap<&'static str, (String, Source)>,
    settings: Fixed,
}

impl Texts {
    /// Lays the flags over the environment over the file.
    pub(crate) fn gather(
        flags: &[(&'static str, Option<String>)],
        environment: impl Fn(&str) -> Option<String>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut texts = Self::default();
        texts.read_file(file)?;
        for name in NAMES {
            if let Some(value) = environment(&variable(name)).filter(|value| !value.is_empty()) {
                texts.values.insert(name, (value, Source::Environment));
            }
        }
        for (name, value) in flags {
            if let Some(value) = value {
                texts.values.insert(name, (value.clone(), Source::Flag));
            }
        }
        Ok(texts)
    }

    /// Takes settings from the variables of the environment, over those of the file.
    pub(crate) fn add_settings(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let mut given: Vec<_> = variables
            .filter_map(|(name, text)| {
                let path = name.strip_prefix(SETTINGS_PREFIX)?;
                Some((path.split("__").map(str::to_owned).collect(), name, text))
            })
            .collect();
        given.sort();
        for (path, name, text) in given {
            let path: Vec<String> = path;
            let origin = Origin::Environment(name.clone());
            self.settings
                .add(&path, Given::Text(text), origin)
                .map_err(|reason| ConfigError::Setting { name, reason })?;
        }
        Ok(())
    }

    fn read_file(&mut self, asked: Option<&Path>) -> Result<(), ConfigError> {
        let path = asked.unwrap_or(Path::new(FILE));
        let shown = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if asked.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(());
            }
            Err(error) => {
                return Err(ConfigError::Unreadable {
                    path: shown,
                    reason: error.to_string(),
                });
            }
        };
        self.read_table(path, &text)
    }

    fn read_table(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let shown = path.display().to_string();
        let table = DeTable::parse(text).map_err(|error| ConfigError::Malformed {
            path: shown.clone(),
            reason: error.to_string(),
        })?;
        for (key, value) in table.into_inner() {
            let line = line_of(text, key.span().start);
            let key = key.into_inner();
            if key == SETTINGS_TABLE {
                settings::read(&mut self.settings, path, text, value)?;
                continue;
            }
            let Some(name) = NAMES.into_iter().find(|name| name.replace('-', "_") == key) else {
                let known = NAMES.map(|name| name.replace('-', "_")).join(", ");
                let known = format!("{known}, {SETTINGS_TABLE}");
                return Err(ConfigError::UnknownKey {
                    path: shown,
                    line,
                    key: key.into_owned(),
                    known,
                });
            };
            let source = Source::File(path.to_owned(), line);
            let text = match value.into_inner() {
                DeValue::String(text) => Some(text.into_owned()),
                DeValue::Integer(number) => whole(&number),
                _ => None,
            };
            let Some(text) = text else {
                return Err(ConfigError::Kind {
                    name: source.name_of(name),
                });
            };
            self.values.insert(name, (text, source));
        }
        Ok(())
    }

    fn parse<T>(
        &self,
        name: &'static str,
        default: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Setting<T>, ConfigError> {
        let (text, source) = match self.values.get(name) {
            Some((text, source)) => (text.as_str(), source.clone()),
            None => (default, Source::Default),
        };
        match parse(text.trim()) {
            Some(value) => Ok(Setting { value, source }),
            None => Err(ConfigError::Value {
                name: source.name_of(name),
                value: text.to_owned(),
                expected,
            }),
        }
    }
}

impl Source {
    fn name_of(&self, name: &str) -> String {
        match self {
            Self::Flag | Self::Default => format!("--{name}"),
            Self::Environment => variable(name),
            Self::File(path, line) => {
                let name = name.replace('-', "_");
                format!("{name} in line {line} of {}", path.display())
            }
        }
    }
}

/// The line, from 1, in which the byte at an offset stands.
fn line_of(text: &str, offset: usize) -> usize {
    let newlines = text.bytes().take(offset).filter(|byte| *byte == b'\n');
    newlines.count() + 1
}

fn whole(number: &DeInteger<'_>) -> Option<String> {
    let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
    Some(number.to_string())
}

fn variable(name: &str) -> String {
    format!("LUGE_{}", name.replace('-', "_").to_uppercase())
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it came from.
    pub(crate) source: Source,
}

/// How log events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people when the output is a terminal, else JSON.
    Automatic,
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

/// What the server runs with.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where the API and the dashboard listen.
    pub(crate) http: Setting<SocketAddr>,
    /// The data folder.
    pub(crate) dir: Setting<PathBuf>,
    /// Which store keeps the data: `sled`, `fjall` or `memory`.
    pub(crate) store: Setting<StoreName>,
    /// Where files are kept that are in no bucket; nothing for where they are.
    pub(crate) files: Setting<Option<FileStoreKind>>,
    /// Whether a write is answered before or after it is on disk.
    pub(crate) relaxed: Setting<bool>,
    /// Bytes of memory for the store's cache.
    pub(crate) cache_bytes: Setting<u64>,
    /// Where metrics are served without a sign-in.
    pub(crate) metrics_address: Setting<Option<SocketAddr>>,
    /// The folder of static files.
    pub(crate) public_folder: Setting<PathBuf>,
    /// Where outbound requests may go beside public addresses.
    pub(crate) outbound_allow: Setting<Destinations>,
    /// Which log events are written, as a filter of `tracing`.
    pub(crate) log: Setting<String>,
    /// How they are written.
    pub(crate) log_format: Setting<LogFormat>,
    /// The variable of the environment that holds the key which secrets are encrypted with.
    pub(crate) encryption_env: Setting<Option<String>>,
    /// Whether wrong tries at signing in make the next one wait.
    pub(crate) sign_in_back_off: Setting<bool>,
    /// Settings that are given from outside.
    pub(crate) settings: Fixed,
}

/// The stores that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreName {
    /// The default.
    Sled,
    /// For large installations: its files shrink.
    Fjall,
    /// Nothing is kept when the process ends.
    Memory,
}

impl Config {
    /// The meaning of the texts.
    pub(crate) fn from_texts(texts: &Texts) -> Result<Self, ConfigError> {
        let path = |text: &str| (!text.is_empty()).then(|| PathBuf::from(text));
        Ok(Self {
            http: texts.parse(
                "http",
                "127.0.0.1:8090",
                "expected an address such as 127.0.0.1:8090 or :8090",
                address,
            )?,
            dir: texts.parse("dir", "luge_data", "expected a folder", path)?,
            store: texts.parse("store", "sled", "expected sled, fjall or memory", store)?,
            files: texts.parse("files", "", "expected folder or database", files)?,
            relaxed: texts.parse(
                "durability",
                "strict",
                "expected strict or relaxed",
                relaxed,
            )?,
            cache_bytes: texts.parse(
                "cache",
                "256MB",
                "expected a size such as 256MB or 2GB",
                size,
            )?,
            metrics_address: texts.parse(
                "metrics-addr",
                "",
                "expected an address such as 127.0.0.1:9090",
                |text| {
                    if text.is_empty() {
                        Some(None)
                    } else {
                        address(text).map(Some)
                    }
                },
            )?,
            public_folder: texts.parse("public-dir", "luge_public", "expected a folder", path)?,
            outbound_allow: texts.parse(
                "outbound-allow",
                "",
                "expected networks and ports such as 10.0.0.0/8, 127.0.0.1:9000 or *:8443",
                Destinations::parse,
            )?,
            log: texts.parse(
                "log",
                "info",
                "expected a filter such as info or luge=debug",
                log,
            )?,
            log_format: texts.parse(
                "log-format",
                "auto",
                "expected auto, human or json",
                log_format,
            )?,
            encryption_env: texts.parse(
                "encryption-env",
                "",
                "expected the name of a variable",
                |text| Some((!text.is_empty()).then(|| text.to_owned())),
            )?,
            sign_in_back_off: texts.parse(
                "sign-in-back-off",
                "on",
                "expected on or off",
                switch,
            )?,
            settings: texts.settings.clone(),
        })
    }
}

fn store(text: &str) -> Option<StoreName> {
    match text {
        "sled" => Some(StoreName::Sled),
        "fjall" => Some(StoreName::Fjall),
        "memory" => Some(StoreName::Memory),
        _ => None,
    }
}

fn files(text: &str) -> Option<Option<FileStoreKind>> {
    if text.is_empty() {
        return Some(None);
    }
    FileStoreKind::named(text).map(Some)
}

fn relaxed(text: &str) -> Option<bool> {
    match text {
        "strict" => Some(false),
        "relaxed" => Some(true),
        _ => None,
    }
}

fn switch(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn log(text: &str) -> Option<String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .ok()
        .map(|_| text.to_owned())
}

fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "auto" => Some(LogFormat::Automatic),
        "human" => Some(LogFormat::Human),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

/// `:8090` means every address of the machine.
fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix(':') {
        Some(port) => Some(SocketAddr::from(([0, 0, 0, 0], port.parse().ok()?))),
        None => text.to_socket_addrs().ok()?.next(),
    }
}

/// Bytes from `64KB`, `256MB`, `2GB` or a bare number of megabytes.
fn size(text: &str) -> Option<u64> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let factor: u64 = match unit.trim().to_ascii_uppercase().as_str() {
        "KB" => 1 << 10,
        "" | "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests;
