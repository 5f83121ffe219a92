//! What can be asked of a data folder, wherever it is open: in this process or in a running server.

use std::path::PathBuf;
use std::sync::Arc;

use luge_engine::auth::Upserted;
use luge_engine::clock::{Clock, SystemClock};
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tokio::sync::mpsc::Sender;

use crate::cli::{backup, check, dump, files, openapi, rules, types};

/// Something to do in a data folder.
#[derive(Clone, Deserialize, Serialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub(super) enum Order {
    /// Makes a superuser.
    SuperuserCreate {
        /// Its e-mail address.
        email: String,
        /// Its password.
        password: String,
    },
    /// Changes a superuser's password.
    SuperuserUpdate {
        /// Its e-mail address.
        email: String,
        /// Its new password.
        password: String,
    },
    /// Makes a superuser or changes its password.
    SuperuserUpsert {
        /// Its e-mail address.
        email: String,
        /// Its password from now on.
        password: String,
    },
    /// Removes a superuser.
    SuperuserDelete {
        /// Its e-mail address.
        email: String,
    },
    /// Reads a file into a collection.
    ImportFile {
        /// The file, with its whole path.
        path: PathBuf,
        /// csv, json or ndjson; empty for what the file's name says.
        format: String,
        /// The collection's name.
        collection: String,
    },
    /// Runs the saved tests of rules.
    RuleTests {
        /// Of this collection; `None` for all.
        collection: Option<String>,
    },
    /// Tries a rule out that is no saved test.
    RuleTest {
        /// As `POST /api/rules/test` takes it.
        attempt: Map<String, Json>,
    },
    /// Writes types of records.
    Types {
        /// Which language.
        language: String,
        /// With what only superusers see.
        all: bool,
    },
    /// Writes a collection out.
    Export {
        /// The collection's name.
        collection: String,
        /// csv, json or ndjson.
        format: String,
    },
    /// Makes a backup.
    BackupCreate {
        /// Its name; empty for one with the time in it.
        name: String,
    },
    /// Lists the backups.
    BackupList,
    /// Checks a backup that is kept.
    BackupVerify {
        /// Its name.
        name: String,
    },
    /// Puts the data of a backup that is kept in the place of the data that is there.
    BackupRestoreKept {
        /// Its name.
        name: String,
    },
    /// The same with a backup in a file.
    BackupRestore {
        /// The file, with its whole path.
        path: PathBuf,
    },
    /// Writes the whole database into a file.
    Dump {
        /// The file, with its whole path; it does not exist yet.
        path: PathBuf,
    },
    /// Looks for damage.
    Check,
    /// Writes the OpenAPI document.
    OpenApi {
        /// Whether only what everybody may see is in it.
        public: bool,
    },
}

/// What is told while and after an order is carried out.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub(super) enum Report {
    /// How far it is.
    Progress {
        /// Steps done.
        done: u64,
        /// Steps in all, when that is known.
        total: Option<u64>,
    },
    /// Nothing to tell yet.
    Waiting,
    /// A part of what was asked for.
    Output {
        /// The text.
        text: String,
    },
    /// What an import did; a part of what was asked for.
    Imported {
        /// Decisions that were taken.
        notes: Vec<String>,
        /// Rows that are not in: where and why; the first ones when there are very many.
        rejected: Vec<(u64, String)>,
        /// How many rows are not in.
        rejected_count: u64,
    },
    /// What the saved tests of rules said; a part of what was asked for.
    RuleTests {
        /// How many failed.
        failed: u64,
        /// Everything, as `POST /api/rules/run` answers it.
        run: Json,
    },
    /// What a rule that was tried out said; a part of what was asked for.
    RuleVerdict {
        /// As `POST /api/rules/test` answers it.
        verdict: Json,
    },
    /// How much is not as it should be; a part of what was asked for.
    Findings {
        /// How many things.
        count: u64,
    },
    /// It is done; the last report.
    Done {
        /// What was done.
        text: String,
    },
    /// It was not done; the last report.
    Refused {
        /// Why.
        reason: String,
        /// What to do about it.
        remedy: Option<String>,
    },
}

/// Carries out an order and reports; the last report is how it ended.
pub(super) async fn carry_out(engine: Arc<Engine>, order: Order, reports: Sender<Report>) {
    let context = Context::system(SystemClock.now());
    let last = match order {
        Order::ImportFile {
            path,
            format,
            collection,
        } => files::import(&engine, &context, (&path, &format, &collection), &reports).await,
        Order::Export { collection, format } => {
            let sender = reports.clone();
            let export = move || files::export(&engine, &context, &collection, &format, &sender);
            tokio::task::spawn_blocking(export)
                .await
                .unwrap_or_else(|error| Report::Refused {
                    reason: format!("the export broke off: {error}"),
                    remedy: None,
                })
        }
        Order::RuleTests { .. } | Order::RuleTest { .. } => {
            let sender = reports.clone();
            let judge = move || rules::carry_out(&engine, &context, order, &sender);
            tokio::task::spawn_blocking(judge)
                .await
                .unwrap_or_else(|error| Report::Refused {
                    reason: format!("the rules could not be tried out: {error}"),
                    remedy: None,
                })
        }
        Order::OpenApi { public } => {
            let text = openapi::carry_out(&engine, public);
            drop(reports.send(Report::Output { text }).await);
            Report::Done {
                text: String::new(),
            }
        }
        Order::Types { language, all } => {
            let sender = reports.clone();
            blocking(move || types::carry_out(&engine, (&language, all), &sender)).await
        }
        Order::Dump { path } => blocking(move || dump::carry_out(&engine, &path)).await,
        Order::Check
        | Order::BackupCreate { .. }
        | Order::BackupList
        | Order::BackupVerify { .. }
        | Order::BackupRestoreKept { .. }
        | Order::BackupRestore { .. } => {
            let sender = reports.clone();
            blocking(move || about_copies(&engine, &context, order, &sender)).await
        }
        superuser => match about_superusers(&engine, &context, superuser).await {
            Ok(text) => Report::Done { text },
            Err(error) => refused(&error),
        },
    };
    // Whoever asked may have gone; what was done is done.
    let _ = reports.send(last).await;
}

async fn blocking(work: impl FnOnce() -> Report + Send + 'static) -> Report {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Report::Refused {
            reason: format!("it broke off: {error}"),
            remedy: None,
        })
}

/// Backups and checks.
fn about_copies(
    engine: &Engine,
    context: &Context,
    order: Order,
    reports: &Sender<Report>,
) -> Report {
    // Who asked may have gone; what is asked for is done all the same.
    let mut tell = |text| drop(reports.blocking_send(Report::Output { text }));
    let done = match order {
        Order::Check => check::carry_out(engine, &mut tell).map(|(count, text)| {
            drop(reports.blocking_send(Report::Findings { count }));
            text
        }),
        order => backup::carry_out(engine, context, order, &mut tell),
    };
    done.map_or_else(|error| refused(&error), |text| Report::Done { text })
}

async fn about_superusers(engine: &Engine, context: &Context, order: Order) -> Result<String> {
    let superusers = &engine.auth;
    match order {
        Order::SuperuserCreate { email, password } => {
            superusers
                .create_superuser(context, &email, &password)
                .await?;
            Ok(format!("The superuser {email} is made."))
        }
        Order::SuperuserUpdate { email, password } => {
            superusers
                .update_superuser(context, &email, &password)
                .await?;
            Ok(format!(
                "The superuser {email} has a new password; old sessions are ended."
            ))
        }
        Order::SuperuserUpsert { email, password } => {
            match superusers
                .upsert_superuser(context, &email, &password)
                .await?
            {
                Upserted::Created => Ok(format!("The superuser {email} is made.")),
                Upserted::Updated => Ok(format!("The superuser {email} has a new password.")),
            }
        }
        Order::SuperuserDelete { email } => {
            superusers.delete_superuser(context, &email).await?;
            Ok(format!("The superuser {email} is removed."))
        }
        _ => Err(Error::BadRequest("this is not about superusers".to_owned())),
    }
}

/// What an error of the engine says to whoever typed the command.
fn refused(error: &Error) -> Report {
    let remedy = match error {
        Error::MissingRecord => Some("`luge superuser create` makes one"),
        Error::DiskFull => Some("make room and try again"),
        Error::Busy | Error::TooManyHashes | Error::Contended => Some("try again"),
        _ => None,
    };
    let reason = match error {
        Error::MissingRecord => "there is no superuser with that address".to_owned(),
        other => sentence(other),
    };
    Report::Refused {
        reason,
        remedy: remedy.map(str::to_owned),
    }
}

/// An error in one line that names every field.
pub(super) fn sentence(error: &Error) -> String {
    let Error::Refused {
        violations, reason, ..
    } = error
    else {
        return error.to_string();
    };
    let mut parts: Vec<String> = reason.iter().cloned().collect();
    parts.extend(sentences(&Json::Object(violations.to_json()), ""));
    if parts.is_empty() {
        error.to_string()
    } else {
        parts.join("; ")
    }
}

/// `field: sentence` for every violation, however deep.
fn sentences(violations: &Json, path: &str) -> Vec<String> {
    let Json::Object(members) = violations else {
        return Vec::new();
    };
    if let (Some(Json::String(_)), Some(Json::String(message))) =
        (members.get("code"), members.get("message"))
    {
        return vec![format!("{path}: {message}")];
    }
    members
        .iter()
        .flat_map(|(name, below)| {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            sentences(below, &path)
        })
        .collect()
}

/// Where the running server listens for orders.
pub(super) fn socket(folder: &std::path::Path) -> PathBuf {
    folder.join("control.sock")
}

#[cfg(test)]
mod tests {
    use luge_engine::error::{Action, Subject};
    use luge_model::invalid::{Violation, Violations};

    use super::*;

    #[test]
    fn a_refusal_names_every_field() {
        let mut violations = Violations::of("email", Violation::required());
        violations.nest(
            "options",
            Violations::of("length", Violation::new("x", "Too long.")),
        );
        let error = Error::Refused {
            action: Action::Create,
            subject: Subject::Record,
            violations,
            reason: None,
        };
        let Report::Refused { reason, .. } = refused(&error) else {
            panic!("not refused")
        };
        assert_eq!(reason, "email: Cannot be blank.; options.length: Too long.");
    }

    #[test]
    fn orders_survive_the_wire() {
        let order = Order::SuperuserDelete {
            email: "a@b.co".to_owned(),
        };
        let text = serde_json::to_string(&order).unwrap();
        assert_eq!(text, r#"{"order":"superuser-delete","email":"a@b.co"}"#);
        assert!(serde_json::from_str::<Order>(r#"{"order":"drop-everything"}"#).is_err());
    }
}
