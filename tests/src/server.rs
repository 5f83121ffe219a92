//! A server process on a free port and a folder of its own.

use crate::{Persona, Requests as _};
use serde_json::json;
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The superuser that every server of the harness has.
pub const SUPERUSER: (&str, &str) = ("root@example.com", "correct horse battery");

const START_DEADLINE: Duration = Duration::from_secs(60);

/// How to start a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The binary; [`binary`] by default.
    pub binary: PathBuf,
    /// More arguments of `serve`.
    pub arguments: Vec<String>,
    /// More environment.
    pub environment: Vec<(String, String)>,
    /// Whether the superuser is created before the start.
    pub superuser: bool,
    /// A folder to work in and keep; otherwise a new one that is removed at the end.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            binary: binary(),
            arguments: Vec::new(),
            environment: Vec::new(),
            superuser: true,
            folder: None,
        }
    }
}

/// The server under test: `LUGE_BIN`, or the newest build that is there.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("LUGE_BIN") {
        return PathBuf::from(path);
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::sources::root().join("target"), PathBuf::from);
    let built = ["fast", "release", "debug"].map(|profile| target.join(profile).join("luge"));
    let modified = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    built
        .into_iter()
        .filter(|path| path.exists())
        .max_by_key(modified)
        .unwrap_or_else(|| {
            panic!(
                "no server binary in {}: run `cargo build -p luge` first",
                target.display()
            )
        })
}

/// A running server; killed, and its folder removed, when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    options: Options,
    /// The folder of this server: `data` in it is the data folder.
    pub folder: PathBuf,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// From spawning the process to the first healthy answer.
    pub start_time: Duration,
}

impl Server {
    /// A server with a superuser and defaults.
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// A server started in a particular way.
    pub fn start_with(options: Options) -> Self {
        let folder = options.folder.clone().unwrap_or_else(new_folder);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        if options.superuser {
            let (email, password) = SUPERUSER;
            let arguments = ["superuser", "upsert", email, password];
            let output = command(&options, &folder, &arguments).output();
            let output = output.unwrap_or_else(|error| panic!("{:?}: {error}", options.binary));
            assert!(
                output.status.success(),
                "superuser upsert failed: {output:?}"
            );
        }
        let address = free_address();
        let started = Instant::now();
        let child = spawn(&options, &folder, &address);
        let mut server = Self {
            child,
            options,
            folder,
            address,
            start_time: Duration::ZERO,
        };
        server.wait_until_healthy();
        server.start_time = started.elapsed();
        server
    }

    /// Whether the process under test is the real PocketBase, not Luge.
    pub fn is_reference(&self) -> bool {
        is_reference(&self.options.binary)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The id of the process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Somebody without a token.
    pub fn anyone(&self) -> Persona {
        Persona::anyone(&self.base())
    }

    /// The superuser.
    pub fn superuser(&self) -> Persona {
        self.anyone()
            .sign_in("_superusers", SUPERUSER.0, SUPERUSER.1)
    }

    /// A user: an account of the auth collection `members`, which is made with it.
    #[track_caller]
    pub fn member(&self) -> Persona {
        let superuser = self.superuser();
        superuser.collection(&json!({"name": "members", "type": "auth"}));
        superuser.account("members", "a@b.com")
    }

    /// What the process has printed so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_path(&self.folder)).unwrap_or_default()
    }

    /// Runs another command of the binary on this folder.
    pub fn run(&self, arguments: &[&str]) -> io::Result<std::process::Output> {
        command(&self.options, &self.folder, arguments).output()
    }

    /// Ends the process with SIGKILL, as a power switch would.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process can be waited for");
    }

    /// Asks the process to end with SIGTERM and waits; its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "SIGTERM could not be sent"
        );
        self.child
            .wait()
            .expect("the process can be waited for")
            .code()
    }

    /// Starts the process again on the same folder and address after it has ended.
    pub fn restart(&mut self) {
        let started = Instant::now();
        self.child = spawn(&self.options, &self.folder, &self.address);
        self.wait_until_healthy();
        self.start_time = started.elapsed();
    }

    fn wait_until_healthy(&mut self) {
        let anyone = self.anyone();
        let deadline = Instant::now() + START_DEADLINE;
        loop {
            let path = "/api/health";
            if anyone
                .try_send("GET", path, "", b"")
                .is_ok_and(|answer| answer.status == 200)
            {
                return;
            }
            let ended = self.child.try_wait().expect("the process can be asked");
            assert!(
                ended.is_none(),
                "the server ended: {ended:?}\n{}",
                self.log()
            );
            assert!(
                Instant::now() < deadline,
                "the server does not answer\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the server process could not be ended: {error}");
        }
        if self.options.folder.is_none()
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            eprintln!("{} could not be removed: {error}", self.folder.display());
        }
    }
}

/// Whether a binary is the real PocketBase.
pub fn is_reference(binary: &Path) -> bool {
    binary
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains("pocketbase"))
}

/// A new empty folder for one server.
pub fn new_folder() -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("luge-test-{}-{number}", std::process::id()))
}

/// An address on which nobody listens at the moment.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound address").to_string()
}

fn log_path(folder: &Path) -> PathBuf {
    folder.join("process.log")
}

fn command(options: &Options, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(&options.binary);
    command
        .args(arguments)
        .arg("--dir")
        .arg(folder.join("data"));
    for (name, value) in &options.environment {
        command.env(name, value);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn spawn(options: &Options, folder: &Path, address: &str) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(log_path(folder));
    let log = log.expect("a log file can be opened");
    let errors = log.try_clone().expect("a file handle can be cloned");
    command(options, folder, &["serve", "--http", address])
        .args(&options.arguments)
        .stdout(log)
        .stderr(errors)
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", options.binary.display()))
}
