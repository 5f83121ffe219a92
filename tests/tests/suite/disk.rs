//! A full disk: writes are refused, everything else goes on, and it recovers by itself.
//!
//! The disk is a small tmpfs, which only root may mount; without it the test says so and passes.

use luge_tests::persona::records;
use luge_tests::server::new_folder;
use luge_tests::{Answer, Options, Persona, Requests, Server};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const DISK_MEGABYTES: usize = 256;

/// A mounted tmpfs, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = new_folder();
        std::fs::create_dir_all(&folder).ok()?;
        let size = format!("size={DISK_MEGABYTES}m");
        let mut mount = Command::new("mount");
        let mounted = mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&folder)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        std::fs::remove_dir_all(&folder).ok()?;
        None
    }

    /// Writes a file until nothing is left; its path.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = File::create(&path).expect("a file can be made");
        let block = vec![1; 64 * 1024];
        while file.write_all(&block).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.0).status();
        if unmounted.is_ok_and(|status| status.success()) {
            remove(&self.0);
        }
    }
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("left out: only root may mount a small disk");
        return;
    };
    let server = Server::start_with(Options {
        folder: Some(disk.0.clone()),
        ..Options::default()
    });
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    superuser.collection(
        &json!({"name": "notes", "type": "base", "listRule": "", "createRule": "",
        "deleteRule": "", "fields": [{"name": "title", "type": "text"}]}),
    );
    let anyone = server.anyone();
    let first = create(&anyone).expect(200)["id"].clone();
    let ballast = disk.fill();
    let (mut written, refused) = until(|answer| answer.status != 200, || create(&anyone));
    assert_eq!(refused.status, 503, "{refused}");
    assert!(!refused.text_at("message").is_empty());
    written += 1;
    assert_eq!(create(&anyone).status, 503, "it stays refused");
    let list = anyone.get(&records("notes"));
    assert_eq!(
        list.expect(200)["totalItems"],
        written,
        "reads go on: {list}"
    );
    server.superuser();
    let one = format!("{}/{}", records("notes"), first.as_str().unwrap());
    anyone.delete(&one).expect(204);
    remove_file(&ballast);
    let (_, recovered) = until(|answer| answer.status == 200, || create(&anyone));
    assert_eq!(recovered.status, 200, "it recovers by itself: {recovered}");
    assert_eq!(anyone.get(&records("notes")).at("totalItems"), written);
}

fn create(anyone: &Persona) -> Answer {
    anyone.post(&records("notes"), &json!({"title": "x".repeat(4000)}))
}

/// Repeats until the answer is as wanted, for at most half a minute; how often it was not.
fn until(wanted: impl Fn(&Answer) -> bool, ask: impl Fn() -> Answer) -> (u64, Answer) {
    let deadline = Instant::now() + Duration::from_secs(30);
    for count in 0.. {
        let answer = ask();
        if wanted(&answer) || Instant::now() > deadline {
            return (count, answer);
        }
        if answer.status == 503 {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    unreachable!("the loop ends by its deadline")
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
}

fn remove_file(path: &Path) {
    std::fs::remove_file(path).expect("the ballast can be removed");
}
