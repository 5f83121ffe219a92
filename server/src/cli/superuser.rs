//! `luge superuser`: who may do everything.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::order::Order;
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// What to do with a superuser.
#[derive(Subcommand)]
pub(super) enum SuperuserCommand {
    /// Make a superuser; refused when there is one with that address
    Create(Credentials),
    /// Change the password of a superuser
    Update(Credentials),
    /// Make a superuser, or change the password of the one with that address
    Upsert(Credentials),
    /// Remove a superuser; the last one stays
    Delete {
        /// The e-mail address
        email: String,
    },
}

/// An address and its password.
#[derive(Args)]
pub(super) struct Credentials {
    /// The e-mail address
    email: String,
    /// The password; on a shared machine rather give it in a file
    #[arg(
        required_unless_present = "password_file",
        conflicts_with = "password_file"
    )]
    password: Option<String>,
    /// A file with the password in its first line; `-` reads it from the standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Carries out the command.
pub(super) fn run(config: &Config, command: SuperuserCommand) -> Result<(), Refusal> {
    let order = match command {
        SuperuserCommand::Create(credentials) => {
            let (email, password) = credentials.read()?;
            Order::SuperuserCreate { email, password }
        }
        SuperuserCommand::Update(credentials) => {
            let (email, password) = credentials.read()?;
            Order::SuperuserUpdate { email, password }
        }
        SuperuserCommand::Upsert(credentials) => {
            let (email, password) = credentials.read()?;
            Order::SuperuserUpsert { email, password }
        }
        SuperuserCommand::Delete { email } => Order::SuperuserDelete { email },
    };
    println!("{}", folder::carry_out(config, order, &mut |_| {})?);
    Ok(())
}

impl Credentials {
    fn read(self) -> Result<(String, String), Refusal> {
        let password = match (self.password, self.password_file) {
            (Some(password), _) => password,
            (None, Some(file)) => password_in(&file)?,
            (None, None) => return Err(Refusal::new("no password is given")),
        };
        Ok((self.email, password))
    }
}

/// The first line of a file.
pub(super) fn password_in(file: &std::path::Path) -> Result<String, Refusal> {
    let read = if file == std::path::Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = read.map_err(|error| {
        Refusal::new(format!(
            "the password cannot be read from {}: {error}",
            file.display()
        ))
        .remedy("give a file that this user can read, with the password in its first line")
    })?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        return Err(Refusal::new(format!(
            "the first line of {} is empty",
            file.display()
        )));
    }
    Ok(password)
}
